package main

import (
	"fmt"
	"slices"
	"strings"

	old "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v5/okta"
)

// attribute is the name of a custom attribute of this run.
func (s *session) attribute(name string) string { return "goSdk" + s.name + name }

// defineAttributes adds attributes to the default user type as okta_user_schema_property does, one at a time, and reads them back.
func (s *session) defineAttributes() []string {
	attributes := map[string]okta.UserSchemaAttribute{
		"text":  {Type: okta.PtrString("string"), MaxLength: *okta.NewNullableInt32(okta.PtrInt32(40)), MinLength: *okta.NewNullableInt32(okta.PtrInt32(1))},
		"flag":  {Type: okta.PtrString("boolean")},
		"count": {Type: okta.PtrString("integer")},
		"list":  {Type: okta.PtrString("array"), Items: &okta.UserSchemaAttributeItems{Type: okta.PtrString("string")}},
	}
	names := []string{}
	for short, attribute := range attributes {
		name := s.attribute(short)
		attribute.Title, attribute.Description = okta.PtrString("Go "+short), okta.PtrString("made by the Go SDK")
		attribute.Scope, attribute.Mutability = okta.PtrString("NONE"), okta.PtrString("READ_WRITE")
		attribute.Permissions = []okta.UserSchemaAttributePermission{{Principal: okta.PtrString("SELF"), Action: okta.PtrString("READ_ONLY")}}
		custom := okta.UserSchemaPublic{
			Id: okta.PtrString("#custom"), Type: okta.PtrString("object"), Properties: &map[string]okta.UserSchemaAttribute{name: attribute},
		}
		body := okta.UserSchema{Definitions: &okta.UserSchemaDefinitions{Custom: &custom}}
		_, _, err := s.api.SchemaAPI.UpdateUserProfile(s.ctx, "default").UserSchema(body).Execute()
		check("add an attribute", err)
		names = append(names, name)
		attributes[short] = attribute
	}
	schema, response, err := s.api.SchemaAPI.GetUserSchema(s.ctx, "default").Execute()
	check("read the schema", err)
	limited("read the schema", response)
	for short, want := range attributes {
		got, there := (*schema.Definitions.Custom.Properties)[s.attribute(short)]
		if !there {
			fail("attribute %s is not in the schema", s.attribute(short))
		}
		read := given(got)
		for field, value := range given(want) {
			same(fmt.Sprintf("attribute %s, %s", short, field), read[field], value)
		}
	}
	required := sorted(schema.Definitions.Base.Required)
	same("required base attributes", required, []string{"email", "firstName", "lastName", "login"})
	ok("defined %d attributes", len(names))
	return names
}

// removeAttributes sets them to null, which only the older SDK can say.
func (s *session) removeAttributes(names []string) {
	custom := &old.UserSchemaPublic{Id: "#custom", Type: "object", Properties: map[string]*old.UserSchemaAttribute{}}
	for _, name := range names {
		custom.Properties[name] = nil
	}
	body := old.UserSchema{Definitions: &old.UserSchemaDefinitions{Custom: custom}}
	schema, _, err := s.old.UserSchema.UpdateUserProfile(s.ctx, "default", body)
	check("remove attributes", err)
	for name := range schema.Definitions.Custom.Properties {
		if slices.Contains(names, name) {
			fail("attribute %s is still there", name)
		}
	}
	ok("removed the attributes")
}

// refusals are what Okta says to profiles that do not fit.
func (s *session) refusals() {
	try := func(step string, change map[string]any, cause string) {
		wanted := map[string]any{"login": "odd-" + s.name + "@example.com", "email": "odd@example.com", "firstName": "O", "lastName": "D"}
		for name, value := range change {
			wanted[name] = value
		}
		_, _, err := s.api.UserAPI.CreateUser(s.ctx).Body(okta.CreateUserRequest{Profile: profileFrom(wanted)}).Activate(false).Execute()
		refused(step, err, 400, "E0000001", cause)
	}
	try("an unknown attribute", map[string]any{"nowhere": "x"}, "nowhere")
	try("an email that is none", map[string]any{"email": "nobody"}, "email")
	try("a text that is too long", map[string]any{s.attribute("text"): strings.Repeat("x", 41)}, s.attribute("text"))
	_, _, err := s.api.UserAPI.GetUser(s.ctx, "nobody-"+s.name+"@example.com").Execute()
	refused("read nobody", err, 404, "E0000007", "Not found: Resource not found: nobody-"+s.name+"@example.com (User)")
	people := []okta.UserProfile{}
	for range 2 {
		people = append(people, profileFrom(map[string]any{"login": "twice-" + s.name + "@example.com", "email": "twice@example.com", "firstName": "O", "lastName": "D"}))
	}
	user, _, err := s.api.UserAPI.CreateUser(s.ctx).Body(okta.CreateUserRequest{Profile: people[0]}).Activate(false).Execute()
	check("create a user", err)
	_, _, err = s.api.UserAPI.CreateUser(s.ctx).Body(okta.CreateUserRequest{Profile: people[1]}).Activate(false).Execute()
	refused("a login that is taken", err, 400, "E0000001", "login: An object with this field already exists in the current organization")
	for range 2 {
		_, err = s.api.UserAPI.DeleteUser(s.ctx, user.GetId()).Execute()
		check("deactivate, then delete", err)
	}
	ok("refusals are decoded")
}
