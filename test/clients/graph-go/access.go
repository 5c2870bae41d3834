package main

import (
	"net/http"

	"github.com/manicminer/hamilton/msgraph"
	"github.com/manicminer/hamilton/odata"
)

// defaultAccess is the role of applications that have none.
const defaultAccess = "00000000-0000-0000-0000-000000000000"

// assignAppRoles assigns an enterprise application to a group and a user, as azuread_app_role_assignment does.
func (s *session) assignAppRoles(people []msgraph.User, groups []*group) {
	principals := msgraph.NewServicePrincipalsClient(s.tenant)
	s.use(&principals.BaseClient)
	found, code, err := principals.List(s.ctx, odata.Query{Filter: "displayName eq 'Payroll'"})
	status("find an application", code, http.StatusOK, err)
	same("applications found", len(*found), 1)
	payroll, code, err := principals.Get(s.ctx, *(*found)[0].ID, odata.Query{})
	status("read an application", code, http.StatusOK, err)
	client := msgraph.NewAppRoleAssignedToClient(s.tenant)
	s.use(&client.BaseClient)
	assigned := []string{}
	for principal, kind := range map[string]string{*groups[2].wanted.ID: "Group", *people[9].ID: "User"} {
		wanted := msgraph.AppRoleAssignment{AppRoleId: to(defaultAccess), PrincipalId: &principal, ResourceId: payroll.ID}
		made, code, err := client.Assign(s.ctx, wanted)
		status("assign an app role", code, http.StatusCreated, err)
		within("an app role's assignment", made, wanted)
		same("kind and application of an assignment", []*string{made.PrincipalType, made.ResourceDisplayName}, []string{kind, "Payroll"})
		_, code, err = client.Assign(s.ctx, wanted)
		refused("assign an app role twice", code, err, 400, "Permission being assigned already exists on the object")
		assigned = append(assigned, *made.Id)
	}
	listed, code, err := client.List(s.ctx, *payroll.ID, odata.Query{})
	status("list assignments", code, http.StatusOK, err)
	ids := []string{}
	for _, one := range *listed {
		ids = append(ids, *one.Id)
	}
	same("assignments listed", sorted(ids), sorted(assigned))
	of := msgraph.NewUsersAppRoleAssignmentsClient(s.tenant)
	s.use(&of.BaseClient)
	own, code, err := of.List(s.ctx, *people[9].ID)
	status("list a user's assignments", code, http.StatusOK, err)
	same("a user's assignments", len(*own), 1)
	for _, id := range assigned {
		code, err = client.Remove(s.ctx, *payroll.ID, id)
		status("remove an assignment", code, http.StatusNoContent, err)
	}
	ok("app roles assigned to a user and a group")
}

// credentials gives a user a Temporary Access Pass and a telephone.
func (s *session) credentials(people []msgraph.User) {
	client := msgraph.NewAuthenticationMethodsClient(s.tenant)
	s.use(&client.BaseClient)
	id := *people[12].ID
	made, code, err := client.CreateTemporaryAccessPassMethod(s.ctx, id, msgraph.TemporaryAccessPassAuthenticationMethod{
		LifetimeInMinutes: to(int32(60)), IsUsableOnce: to(true),
	})
	status("create an access pass", code, http.StatusCreated, err)
	if made.TemporaryAccessPass == nil || *made.TemporaryAccessPass == "" {
		fail("a new access pass is not told")
	}
	passes, code, err := client.ListTemporaryAccessPassMethods(s.ctx, id, odata.Query{})
	status("list access passes", code, http.StatusOK, err)
	same("access passes", len(*passes), 1)
	if (*passes)[0].TemporaryAccessPass != nil {
		fail("an access pass is told a second time")
	}
	same("lifetime of an access pass", (*passes)[0].LifetimeInMinutes, 60)
	phone, code, err := client.CreatePhoneMethod(s.ctx, id, msgraph.PhoneAuthenticationMethod{
		PhoneNumber: to("+1 5550100"), PhoneType: to(msgraph.AuthenticationPhoneTypeMobile),
	})
	status("add a telephone", code, http.StatusCreated, err)
	code, err = client.DeletePhoneMethod(s.ctx, id, *phone.ID)
	status("remove a telephone", code, http.StatusNoContent, err)
	code, err = client.DeleteTemporaryAccessPassMethod(s.ctx, id, *made.ID)
	status("remove an access pass", code, http.StatusNoContent, err)
	ok("authentication methods")
}
