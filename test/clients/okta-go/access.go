package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

// rules creates a group rule as okta_group_rule does, activates it and sees who it adds.
func (s *session) rules(groups []*group, people []*person) {
	target := s.extraGroup("rule target")
	expression := fmt.Sprintf(`user.department=="Research" and user.%s==true`, s.attribute("flag"))
	leftOut := people[0].id
	body := okta.GroupRule{
		Name: okta.PtrString("Go SDK rule " + s.name), Type: okta.PtrString("group_rule"),
		Conditions: &okta.GroupRuleConditions{
			Expression: &okta.GroupRuleExpression{Type: okta.PtrString("urn:okta:expression:1.0"), Value: &expression},
			People:     &okta.GroupRulePeopleCondition{Users: &okta.GroupRuleUserCondition{Exclude: []string{leftOut}}},
		},
		Actions: &okta.GroupRuleAction{AssignUserToGroups: &okta.GroupRuleGroupAssignment{GroupIds: []string{target}}},
	}
	rule, response, err := s.api.GroupAPI.CreateGroupRule(s.ctx).GroupRule(body).Execute()
	check("create a rule", err)
	limited("create a rule", response)
	same("status of a new rule", rule.GetStatus(), "INACTIVE")
	response, err = s.api.GroupAPI.ActivateGroupRule(s.ctx, rule.GetId()).Execute()
	check("activate a rule", err)
	same("status of an activation", response.StatusCode, http.StatusNoContent)
	read, _, err := s.api.GroupAPI.GetGroupRule(s.ctx, rule.GetId()).Execute()
	check("read a rule", err)
	same("a rule's name, type and status", []string{read.GetName(), read.GetType(), read.GetStatus()}, []string{body.GetName(), "group_rule", "ACTIVE"})
	same("a rule's expression", read.Conditions.Expression.GetValue(), expression)
	same("whom a rule leaves out", read.Conditions.People.Users.Exclude, []string{leftOut})
	same("a rule's groups", read.Actions.AssignUserToGroups.GroupIds, []string{target})
	want := []string{}
	for _, one := range people[1:] {
		if one.profile["department"] == "Research" && one.profile[s.attribute("flag")] == true {
			want = append(want, one.id)
		}
	}
	s.eventually("who a rule added", func() bool { return slices.Equal(sorted(s.membersOf(target)), sorted(want)) })
	_, _, err = s.api.GroupAPI.ReplaceGroupRule(s.ctx, rule.GetId()).GroupRule(body).Execute()
	refused("change an active rule", err, 400, "E0000001", "")
	found, response, err := s.api.GroupAPI.ListGroupRules(s.ctx).Limit(50).Search("Go SDK rule " + s.name).Execute()
	same("rules found", len(all("list rules", found, response, err)), 1)
	_, err = s.api.GroupAPI.DeactivateGroupRule(s.ctx, rule.GetId()).Execute()
	check("deactivate a rule", err)
	response, err = s.api.GroupAPI.DeleteGroupRule(s.ctx, rule.GetId()).RemoveUsers(true).Execute()
	check("delete a rule", err)
	same("status of a rule's deletion", response.StatusCode, http.StatusAccepted)
	_, _, err = s.api.GroupAPI.GetGroupRule(s.ctx, rule.GetId()).Execute()
	refused("read a deleted rule", err, 404, "E0000007", "(GroupRule)")
	_, err = s.api.GroupAPI.DeleteGroup(s.ctx, target).Execute()
	check("delete the rule's group", err)
	ok("a group rule added %d users", len(want))
}

func (s *session) extraGroup(name string) string {
	name = fmt.Sprintf("Go %s %s", name, s.name)
	made, _, err := s.api.GroupAPI.CreateGroup(s.ctx).Group(okta.Group{Profile: &okta.GroupProfile{Name: &name}}).Execute()
	check("create a group", err)
	return made.GetId()
}

// eventually waits for what Okta does on its own time.
func (s *session) eventually(what string, is func() bool) {
	for range 50 {
		if is() {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	fail("%s: not as expected within 10 s", what)
}

func (s *session) bookmark(label string) string {
	app := okta.BookmarkApplication{Name: "bookmark"}
	app.Label, app.SignOnMode = label, "BOOKMARK"
	app.Settings.App = &okta.BookmarkApplicationSettingsApplication{Url: okta.PtrString("https://example.com/"), RequestIntegration: okta.PtrBool(false)}
	request := okta.ListApplications200ResponseInner{BookmarkApplication: &app}
	made, _, err := s.api.ApplicationAPI.CreateApplication(s.ctx).Application(request).Activate(true).Execute()
	check("create an app", err)
	if made.BookmarkApplication == nil {
		fail("the new app is no bookmark: %s", asJSON(made))
	}
	same("the new app", []string{made.BookmarkApplication.Label, made.BookmarkApplication.GetStatus()}, []string{label, "ACTIVE"})
	return made.BookmarkApplication.GetId()
}

// assignApplications assigns users and a group to an app, as okta_app_user and okta_app_group_assignment do.
func (s *session) assignApplications(groups []*group, people []*person) {
	app := s.bookmark("Go SDK app " + s.name)
	direct := people[2:12]
	for _, one := range direct {
		login, _ := one.profile["login"].(string)
		request := okta.AppUserAssignRequest{Id: one.id, Scope: okta.PtrString("USER"), Credentials: &okta.AppUserCredentials{UserName: &login}}
		user, response, err := s.api.ApplicationUsersAPI.AssignUserToApplication(s.ctx, app).AppUser(request).Execute()
		check("assign a user", err)
		limited("assign a user", response)
		same("an assignment", []string{user.GetId(), user.GetScope(), user.Credentials.GetUserName()}, []string{one.id, "USER", login})
	}
	one := groups[4]
	assignment, response, err := s.api.ApplicationGroupsAPI.AssignGroupToApplication(s.ctx, app, one.id).
		ApplicationGroupAssignment(okta.ApplicationGroupAssignment{Priority: okta.PtrInt32(0), Profile: map[string]any{}}).Execute()
	check("assign a group", err)
	same("status of a group's assignment", response.StatusCode, http.StatusOK)
	same("a group's assignment", []any{assignment.GetId(), assignment.GetPriority()}, []any{one.id, 0})
	want := map[string]string{}
	for _, member := range one.members {
		want[member] = "GROUP"
	}
	for _, person := range direct {
		want[person.id] = "USER"
	}
	s.eventually("who has the app", func() bool {
		got := map[string]string{}
		users, response, err := s.api.ApplicationUsersAPI.ListApplicationUsers(s.ctx, app).Limit(10).Execute()
		for _, user := range all("list an app's users", users, response, err) {
			got[user.GetId()] = user.GetScope()
		}
		return asJSON(got) == asJSON(want)
	})
	assigned, response, err := s.api.ApplicationGroupsAPI.ListApplicationGroupAssignments(s.ctx, app).Limit(20).Execute()
	same("an app's groups", len(all("list an app's groups", assigned, response, err)), 1)
	apps, response, err := s.api.GroupAPI.ListAssignedApplicationsForGroup(s.ctx, one.id).Execute()
	same("a group's apps", len(all("list a group's apps", apps, response, err)), 1)
	through := one.members[len(one.members)-1]
	_, err = s.api.ApplicationUsersAPI.UnassignUserFromApplication(s.ctx, app, through).Execute()
	refused("unassign who has it through a group", err, 403, "E0000046", "their group memberships grant them access")
	_, err = s.api.ApplicationUsersAPI.UnassignUserFromApplication(s.ctx, app, direct[0].id).SendEmail(false).Execute()
	check("unassign a user", err)
	_, _, err = s.api.ApplicationUsersAPI.GetApplicationUser(s.ctx, app, direct[0].id).Execute()
	refused("read a removed assignment", err, 404, "E0000007", "")
	response, err = s.api.ApplicationGroupsAPI.UnassignApplicationFromGroup(s.ctx, app, one.id).Execute()
	check("unassign a group", err)
	same("status of a group's removal", response.StatusCode, http.StatusNoContent)
	s.removeApp(app)
	ok("assigned %d users to an app, %d of them through a group", len(want), len(want)-len(direct))
}

func (s *session) removeApp(app string) {
	_, err := s.api.ApplicationAPI.DeleteApplication(s.ctx, app).Execute()
	refused("delete an active app", err, 403, "E0000056", "The application must be deactivated before deletion.")
	_, err = s.api.ApplicationAPI.DeactivateApplication(s.ctx, app).Execute()
	check("deactivate an app", err)
	_, err = s.api.ApplicationAPI.DeleteApplication(s.ctx, app).Execute()
	check("delete an app", err)
	_, _, err = s.api.ApplicationAPI.GetApplication(s.ctx, app).Execute()
	refused("read a deleted app", err, 404, "E0000007", "(AppInstance)")
}

// linkManagers defines a linked object, as okta_link_definition and okta_link_value do; values need OAuth.
func (s *session) linkManagers(people []*person) {
	if s.name != "key" {
		return
	}
	end := func(name string) *okta.LinkedObjectDetails {
		return &okta.LinkedObjectDetails{Name: name, Title: name, Type: "USER"}
	}
	body := okta.LinkedObject{Primary: end("goManager"), Associated: end("goReport")}
	_, _, err := s.api.LinkedObjectAPI.CreateLinkedObjectDefinition(s.ctx).LinkedObject(body).Execute()
	check("define a linked object", err)
	for _, report := range people[11:14] {
		_, err = s.api.UserAPI.ReplaceLinkedObjectForUser(s.ctx, report.id, "goManager", people[10].id).Execute()
		check("link a manager", err)
	}
	links, _, err := s.api.UserAPI.ListLinkedObjectsForUser(s.ctx, people[10].id, "goReport").Execute()
	check("list reports", err)
	same("reports", len(links), 3)
	if !strings.Contains(asJSON(links), people[11].id) {
		fail("the reports do not hold %s: %s", people[11].id, asJSON(links))
	}
	_, err = s.api.UserAPI.DeleteLinkedObjectForUser(s.ctx, people[11].id, "goManager").Execute()
	check("unlink a manager", err)
	_, err = s.api.LinkedObjectAPI.DeleteLinkedObjectDefinition(s.ctx, "goManager").Execute()
	check("remove a linked object", err)
	ok("linked objects")
}

// readLog finds this run's events in the System Log.
func (s *session) readLog(people []*person) {
	filter := `eventType eq "user.lifecycle.suspend" and target.id eq "` + people[0].id + `"`
	s.eventually("the event of a suspension", func() bool {
		events, response, err := s.api.SystemLogAPI.ListLogEvents(s.ctx).Since(time.Now().Add(-time.Hour)).Filter(filter).Limit(100).Execute()
		check("read the log", err)
		limited("read the log", response)
		if !response.HasNextPage() {
			fail("the log, when polled, has no next page")
		}
		return len(events) == 1 && events[0].Outcome.GetResult() == "SUCCESS" && events[0].Target[0].GetId() == people[0].id
	})
	events, _, err := s.api.SystemLogAPI.ListLogEvents(s.ctx).Since(time.Now().Add(-time.Hour)).Until(time.Now().Add(time.Minute)).
		Filter(`eventType eq "group.user_membership.add" and target.id eq "` + people[3].id + `"`).Execute()
	check("read the log of memberships", err)
	if len(events) < 2 {
		fail("the log tells of %d memberships, not 2 or more", len(events))
	}
	ok("the System Log tells it")
}
