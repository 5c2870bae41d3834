package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

const peopleCount = 500

// person is a user as a Terraform configuration has it: the wanted profile and status.
type person struct {
	id      string
	status  string
	profile map[string]any
}

// wantedProfile has every attribute of Okta's default profile and the custom ones.
func (s *session) wantedProfile(index int) map[string]any {
	login := fmt.Sprintf("%s-%03d@go-sdk.example.com", s.name, index)
	return map[string]any{
		"login": login, "email": login, "firstName": fmt.Sprintf("Émile%d", index), "lastName": "O'Neil-Łuk",
		"secondEmail": "second+" + login, "middleName": "Q", "honorificPrefix": "Dr.", "honorificSuffix": "II",
		"title": "Engineer", "displayName": fmt.Sprintf("Émile %d", index), "nickName": "em", "profileUrl": "https://example.com/" + login,
		"primaryPhone": "+1 555 0100", "mobilePhone": "+1 555 0101", "streetAddress": "1 Main St", "city": "Zürich", "state": "ZH",
		"zipCode": "8001", "countryCode": "CH", "postalAddress": "PO Box 1", "preferredLanguage": "de-CH", "locale": "de_CH",
		"timezone": "Europe/Zurich", "userType": "Employee", "employeeNumber": fmt.Sprint(1000 + index), "costCenter": "CC-1",
		"organization": "Example", "division": "R&D", "department": fmt.Sprintf("Dept %d", index%7), "managerId": "1000", "manager": "Boss",
		s.attribute("text"): "custom \"text\"", s.attribute("flag"): index%2 == 0, s.attribute("count"): float64(index),
		s.attribute("list"): []any{"a", fmt.Sprint(index)},
	}
}

func profileFrom(wanted map[string]any) okta.UserProfile {
	var profile okta.UserProfile
	check("profile", json.Unmarshal([]byte(asJSON(wanted)), &profile))
	return profile
}

// createPeople creates users as okta_user does: most active without password, some with one, some staged.
func (s *session) createPeople() []*person {
	people := make([]*person, peopleCount)
	parallel(len(people), func(index int) {
		wanted := &person{profile: s.wantedProfile(index), status: "PROVISIONED"}
		request := okta.CreateUserRequest{Profile: profileFrom(wanted.profile)}
		switch index % 5 {
		case 0:
			wanted.status = "ACTIVE"
			request.Credentials = &okta.UserCredentials{Password: &okta.PasswordCredential{Value: okta.PtrString("Tr0ub4dor&3-horse")}}
		case 1:
			wanted.status = "STAGED"
		}
		user, response, err := s.api.UserAPI.CreateUser(s.ctx).Body(request).Activate(wanted.status != "STAGED").Execute()
		check("create a user", err)
		same("status of a creation", response.StatusCode, http.StatusOK)
		limited("create a user", response)
		wanted.id = user.GetId()
		same("profile of a new user", given(user.Profile), wanted.profile)
		same("status of a new user", user.GetStatus(), wanted.status)
		people[index] = wanted
	})
	ok("created %d users", len(people))
	return people
}

// emptyPlan reads everything again and compares it field by field, as `terraform plan` would.
func (s *session) emptyPlan(people []*person, groups []*group) {
	byID := map[string]*person{}
	for _, wanted := range people {
		byID[wanted.id] = wanted
	}
	parallel(len(people), func(index int) {
		user, response, err := s.api.UserAPI.GetUser(s.ctx, people[index].id).Execute()
		check("read a user", err)
		limited("read a user", response)
		same("a user's profile", given(user.Profile), people[index].profile)
		same("a user's status", user.GetStatus(), people[index].status)
		if user.GetCreated().IsZero() || user.GetLastUpdated().Before(user.GetCreated()) || user.GetCreated().Nanosecond() != 0 {
			fail("a user's times: created %v, lastUpdated %v", user.GetCreated(), user.GetLastUpdated())
		}
	})
	listed := map[string]bool{}
	users, response, err := s.api.UserAPI.ListUsers(s.ctx).Limit(200).Execute()
	for _, user := range all("list users", users, response, err) {
		wanted := byID[user.GetId()]
		if wanted == nil {
			continue
		}
		same("a listed user's profile", given(user.Profile), wanted.profile)
		same("a listed user's status", user.GetStatus(), wanted.status)
		if listed[user.GetId()] {
			fail("user %s is listed twice", user.GetId())
		}
		listed[user.GetId()] = true
	}
	same("users listed", len(listed), len(people))
	s.compareGroups(groups, people)
	ok("read %d users and %d groups again: no difference", len(people), len(groups))
}

// updatePeople changes some attributes, clears one, and replaces one profile in whole.
func (s *session) updatePeople(people []*person) {
	parallel(100, func(index int) {
		wanted := people[index]
		change := okta.UserProfile{Department: okta.PtrString("Research"), AdditionalProperties: map[string]any{s.attribute("count"): 7}}
		change.Title.Set(okta.PtrString("Analyst"))
		change.NickName.Set(nil)
		wanted.profile["department"], wanted.profile["title"], wanted.profile[s.attribute("count")] = "Research", "Analyst", float64(7)
		delete(wanted.profile, "nickName")
		user, _, err := s.api.UserAPI.UpdateUser(s.ctx, wanted.id).User(okta.UpdateUserRequest{Profile: &change}).Execute()
		check("update a user", err)
		same("an updated profile", given(user.Profile), wanted.profile)
	})
	wanted := people[100]
	keep := []string{"login", "email", "firstName", "lastName", "title"}
	maps.DeleteFunc(wanted.profile, func(name string, _ any) bool { return !slices.Contains(keep, name) })
	profile := profileFrom(wanted.profile)
	user, _, err := s.api.UserAPI.ReplaceUser(s.ctx, wanted.id).User(okta.User{Profile: &profile}).Execute()
	check("replace a user", err)
	same("a replaced profile", given(user.Profile), wanted.profile)
	byLogin, _, err := s.api.UserAPI.GetUser(s.ctx, strings.ToUpper(wanted.profile["login"].(string))).Execute()
	check("read a user by login, in capitals", err)
	same("the user with this login", byLogin.GetId(), wanted.id)
	ok("updated 100 users and replaced one")
}

// lifecycle suspends, resumes, deactivates and searches.
func (s *session) lifecycle(people []*person) {
	active := people[0].id
	step := func(what string, response *okta.APIResponse, err error, status string) {
		check(what, err)
		user, _, err := s.api.UserAPI.GetUser(s.ctx, active).Execute()
		check("read after "+what, err)
		same("status after "+what, user.GetStatus(), status)
		limited(what, response)
	}
	response, err := s.api.UserAPI.SuspendUser(s.ctx, active).Execute()
	step("suspend", response, err, "SUSPENDED")
	_, err = s.api.UserAPI.SuspendUser(s.ctx, active).Execute()
	refused("suspend twice", err, 400, "E0000001", "Cannot suspend a user that is not active")
	response, err = s.api.UserAPI.UnsuspendUser(s.ctx, active).Execute()
	step("unsuspend", response, err, "ACTIVE")
	_, err = s.api.UserAPI.UnsuspendUser(s.ctx, active).Execute()
	refused("unsuspend twice", err, 400, "E0000001", "Cannot unsuspend a user that is not suspended")
	staged := people[1]
	_, _, err = s.api.UserAPI.ActivateUser(s.ctx, staged.id).SendEmail(false).Execute()
	check("activate", err)
	staged.status = "PROVISIONED"
	_, _, err = s.api.UserAPI.ActivateUser(s.ctx, active).SendEmail(false).Execute()
	refused("activate an active user", err, 403, "E0000016", "Activation failed because the user is already active")
	since := time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
	query := fmt.Sprintf(`profile.department eq "Research" and status eq "ACTIVE" and lastUpdated gt "%s"`, since)
	found, response, err := s.api.UserAPI.ListUsers(s.ctx).Search(query).SortBy("profile.login").SortOrder("desc").Limit(7).Execute()
	logins := []string{}
	for _, user := range all("search", found, response, err) {
		if login := user.Profile.GetLogin(); strings.HasPrefix(login, s.name) {
			logins = append(logins, login)
		}
	}
	want := []string{}
	for index := 95; index >= 0; index -= 5 {
		want = append(want, people[index].profile["login"].(string))
	}
	same("what the search finds, in order", logins, want)
	_, err = s.api.UserAPI.RevokeUserSessions(s.ctx, active).Execute()
	check("revoke sessions", err)
	ok("suspended, resumed, activated, searched")
}

// removeEverything deletes what was made; a deleted user is gone at the second DELETE.
func (s *session) removeEverything(people []*person, groups []*group) {
	for _, one := range groups {
		_, err := s.api.GroupAPI.DeleteGroup(s.ctx, one.id).Execute()
		check("delete a group", err)
	}
	_, err := s.api.GroupAPI.DeleteGroup(s.ctx, groups[0].id).Execute()
	refused("delete a group twice", err, 404, "E0000007", "Not found: Resource not found: "+groups[0].id+" (UserGroup)")
	parallel(len(people), func(index int) {
		id := people[index].id
		_, err := s.api.UserAPI.DeactivateUser(s.ctx, id).Execute()
		check("deactivate", err)
		if index%50 == 0 {
			user, _, err := s.api.UserAPI.GetUser(s.ctx, id).Execute()
			check("read a deactivated user", err)
			same("its status", user.GetStatus(), "DEPROVISIONED")
			_, err = s.api.UserAPI.DeactivateUser(s.ctx, id).Execute()
			refused("deactivate twice", err, 404, "E0000007", "Not found")
		}
		_, err = s.api.UserAPI.DeleteUser(s.ctx, id).SendEmail(false).Execute()
		check("delete", err)
	})
	_, _, err = s.api.UserAPI.GetUser(s.ctx, people[0].id).Execute()
	refused("read a deleted user", err, 404, "E0000007", "Not found: Resource not found: "+people[0].id+" (User)")
	ok("deleted %d users and %d groups", len(people), len(groups))
}
