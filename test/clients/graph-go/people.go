package main

import (
	"fmt"
	"net/http"

	"github.com/manicminer/hamilton/msgraph"
	"github.com/manicminer/hamilton/odata"
)

const peopleCount = 200

var personFields = []string{
	"id", "accountEnabled", "ageGroup", "businessPhones", "city", "companyName", "country", "department", "displayName", "employeeId",
	"employeeType", "faxNumber", "givenName", "jobTitle", "mailNickname", "mobilePhone", "officeLocation", "otherMails", "passwordPolicies",
	"postalCode", "preferredLanguage", "showInAddressList", "state", "streetAddress", "surname", "usageLocation", "userPrincipalName", "userType",
}

func (s *session) users() *msgraph.UsersClient {
	client := msgraph.NewUsersClient(s.tenant)
	s.use(&client.BaseClient)
	return client
}

func text(value string) *msgraph.StringNullWhenEmpty {
	return msgraph.NullableString(msgraph.StringNullWhenEmpty(value))
}

func wantedPerson(index int) msgraph.User {
	name := fmt.Sprintf("go-%03d", index)
	return msgraph.User{
		AccountEnabled: to(index%4 != 0), BusinessPhones: &[]string{"+1 555 0100"}, City: text("Zürich"), CompanyName: text("Example"),
		Country: text("Switzerland"), Department: text("Research"), DisplayName: to("Émile O'Neil " + name), EmployeeId: text(fmt.Sprint(1000 + index)),
		EmployeeType: text("Employee"), FaxNumber: text("+1 555 0102"), GivenName: text("Émile"), JobTitle: text("Engineer"), MailNickname: &name,
		MobilePhone: text("+1 555 0101"), OfficeLocation: text("B1"), OtherMails: &[]string{name + "@elsewhere.example"}, PostalCode: text("8001"),
		PreferredLanguage: text("de-CH"), State: text("ZH"), StreetAddress: text("1 Main St"), Surname: text("O'Neil"), UsageLocation: text("CH"),
		UserPrincipalName: to(name + "@example.com"),
	}
}

// reference is how the provider names an object in a link.
func (s *session) reference(id string) *odata.Id {
	return to(odata.Id(fmt.Sprintf("%s/v1.0/%s/directoryObjects/%s", s.graph, s.tenant, id)))
}

// createPeople creates users as azuread_user does, each with the first as manager.
func (s *session) createPeople() []msgraph.User {
	people := make([]msgraph.User, peopleCount)
	parallel(len(people), func(index int) {
		wanted := wantedPerson(index)
		request := wanted
		request.PasswordProfile = &msgraph.UserPasswordProfile{ForceChangePasswordNextSignIn: to(true), Password: to("Tr0ub4dor&3-horse")}
		user, code, err := s.users().Create(s.ctx, request)
		status("create a user", code, http.StatusCreated, err)
		wanted.ID, wanted.UserType = user.ID, to("Member")
		same("name of a new user", user.UserPrincipalName, wanted.UserPrincipalName)
		people[index] = wanted
	})
	code := 0
	twice := wantedPerson(3)
	twice.PasswordProfile = &msgraph.UserPasswordProfile{Password: to("Tr0ub4dor&3-horse")}
	_, code, err := s.users().Create(s.ctx, twice)
	refused("create a user twice", code, err, 400, "Another object with the same value for property userPrincipalName already exists.")
	manager := msgraph.User{}
	manager.ODataId = s.reference(*people[0].ID)
	parallel(len(people)-1, func(index int) {
		code, err := s.users().AssignManager(s.ctx, *people[index+1].ID, manager)
		status("assign a manager", code, http.StatusNoContent, err)
	})
	ok("created %d users with a manager", len(people))
	return people
}

// comparePeople reads each user, then all pages of the list.
func (s *session) comparePeople(people []msgraph.User) {
	parallel(len(people), func(index int) {
		user, code, err := s.users().Get(s.ctx, *people[index].ID, odata.Query{Select: personFields})
		status("read a user", code, http.StatusOK, err)
		within("a user", user, people[index])
		if index > 0 {
			manager, _, err := s.users().GetManager(s.ctx, *people[index].ID)
			check("read a manager", err)
			same("a user's manager", manager.ID, people[0].ID)
		}
	})
	byID := map[string]msgraph.User{}
	for _, one := range people {
		byID[*one.ID] = one
	}
	listed, code, err := s.users().List(s.ctx, odata.Query{Select: personFields, Filter: "startsWith(mailNickname,'go-')"})
	status("list users", code, http.StatusOK, err)
	same("users listed", len(*listed), len(people))
	for _, user := range *listed {
		within("a listed user", user, byID[*user.ID])
		delete(byID, *user.ID)
	}
	same("users not listed", len(byID), 0)
}

// change updates users and groups as a second apply would.
func (s *session) change(people []msgraph.User, groups []*group) {
	parallel(50, func(index int) {
		change := msgraph.User{JobTitle: text("Countess"), FaxNumber: text(""), AccountEnabled: to(false)}
		change.ID = people[index].ID
		code, err := s.users().Update(s.ctx, change)
		status("update a user", code, http.StatusNoContent, err)
		people[index].JobTitle, people[index].FaxNumber, people[index].AccountEnabled = change.JobTitle, change.FaxNumber, change.AccountEnabled
	})
	one := groups[2]
	one.wanted.Description = text("changed")
	update := msgraph.Group{Description: one.wanted.Description}
	update.ID = one.wanted.ID
	code, err := s.groups().Update(s.ctx, update)
	status("update a group", code, http.StatusNoContent, err)
	gone := one.members[:3]
	code, err = s.groups().RemoveMembers(s.ctx, *one.wanted.ID, &gone)
	status("remove members", code, http.StatusNoContent, err)
	one.members = one.members[3:]
	ok("changed 50 users and a group")
}

// removeEverything deletes what was made, looks at the bin, restores one and purges one.
func (s *session) removeEverything(people []msgraph.User, groups []*group, units []*unit) {
	for _, one := range units {
		code, err := s.units().Delete(s.ctx, one.id)
		status("delete a unit", code, http.StatusNoContent, err)
	}
	for _, one := range groups {
		code, err := s.groups().Delete(s.ctx, *one.wanted.ID)
		status("delete a group", code, http.StatusNoContent, err)
	}
	parallel(len(people), func(index int) {
		code, err := s.users().Delete(s.ctx, *people[index].ID)
		status("delete a user", code, http.StatusNoContent, err)
	})
	deleted, code, err := s.users().ListDeleted(s.ctx, odata.Query{})
	status("list deleted users", code, http.StatusOK, err)
	found := map[string]bool{}
	for _, user := range *deleted {
		found[*user.ID] = true
	}
	for _, one := range people {
		if !found[*one.ID] {
			fail("the deleted user %s is not in the bin", *one.ID)
		}
	}
	restored, code, err := s.users().RestoreDeleted(s.ctx, *people[5].ID)
	status("restore a user", code, http.StatusOK, err)
	same("the restored user", restored.ID, people[5].ID)
	user, _, err := s.users().Get(s.ctx, *people[5].ID, odata.Query{Select: personFields})
	check("read a restored user", err)
	within("a restored user", user, people[5])
	_, err = s.users().Delete(s.ctx, *people[5].ID)
	check("delete it again", err)
	parallel(len(people), func(index int) {
		code, err := s.users().DeletePermanently(s.ctx, *people[index].ID)
		status("purge a user", code, http.StatusNoContent, err)
	})
	_, code, err = s.users().GetDeleted(s.ctx, *people[5].ID, odata.Query{})
	refused("read a purged user", code, err, 404, "Request_ResourceNotFound")
	ok("deleted, restored and purged")
}
