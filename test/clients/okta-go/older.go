package main

import (
	"errors"
	"fmt"

	old "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v2/okta/query"
)

// olderHalf does with the older SDK what the provider still does with it.
func (s *session) olderHalf() {
	users := s.olderUsers()
	group, _, err := s.old.Group.CreateGroup(s.ctx, old.Group{Profile: &old.GroupProfile{Name: "Go older " + s.name, Description: "older"}})
	check("older: create a group", err)
	for _, user := range users {
		_, err = s.old.Group.AddUserToGroup(s.ctx, group.Id, user.Id)
		check("older: add a member", err)
	}
	members, response, err := s.old.Group.ListGroupUsers(s.ctx, group.Id, query.NewQueryParams(query.WithLimit(2)))
	check("older: list members", err)
	for response.HasNextPage() {
		var more []*old.User
		response, err = response.Next(s.ctx, &more)
		check("older: next members", err)
		members = append(members, more...)
	}
	same("older: members", len(members), len(users))
	s.olderApp(group.Id, users[0].Id)
	s.olderRule(group.Id)
	_, err = s.old.Group.RemoveUserFromGroup(s.ctx, group.Id, users[0].Id)
	check("older: remove a member", err)
	_, err = s.old.Group.DeleteGroup(s.ctx, group.Id)
	check("older: delete a group", err)
	for _, user := range users {
		for range 2 {
			_, err = s.old.User.DeactivateOrDeleteUser(s.ctx, user.Id, nil)
			check("older: deactivate, then delete", err)
		}
	}
	_, _, err = s.old.User.GetUser(s.ctx, users[0].Id)
	var refused *old.Error
	if !errors.As(err, &refused) {
		fail("older: read a deleted user: got %v", err)
	}
	same("older: the error", []string{refused.ErrorCode, refused.ErrorSummary}, []string{"E0000007", "Not found: Resource not found: " + users[0].Id + " (User)"})
	ok("the older SDK: users, group, members, app, rule")
}

func (s *session) olderUsers() []*old.User {
	users := []*old.User{}
	for index := range 5 {
		login := fmt.Sprintf("older-%s-%d@example.com", s.name, index)
		profile := old.UserProfile{"login": login, "email": login, "firstName": "Old", "lastName": "Er", s.attribute("flag"): true}
		user, _, err := s.old.User.CreateUser(s.ctx, old.CreateUserRequest{Profile: &profile}, query.NewQueryParams(query.WithActivate(true)))
		check("older: create a user", err)
		same("older: status of a new user", user.Status, "PROVISIONED")
		changed := old.UserProfile{"nickName": "o", s.attribute("count"): 3}
		_, _, err = s.old.User.PartialUpdateUser(s.ctx, user.Id, old.User{Profile: &changed}, nil)
		check("older: update a user", err)
		read, _, err := s.old.User.GetUser(s.ctx, user.Id)
		check("older: read a user", err)
		profile["nickName"], profile[s.attribute("count")] = "o", 3
		same("older: a user's profile", given(read.Profile), profile)
		users = append(users, read)
	}
	return users
}

func (s *session) olderApp(group, user string) {
	app := old.NewBookmarkApplication()
	app.Label = "Go older " + s.name
	app.Settings = &old.BookmarkApplicationSettings{App: &old.BookmarkApplicationSettingsApplication{Url: "https://example.com/"}}
	_, _, err := s.old.Application.CreateApplication(s.ctx, app, nil)
	check("older: create an app", err)
	_, _, err = s.old.Application.CreateApplicationGroupAssignment(s.ctx, app.Id, group, old.ApplicationGroupAssignment{})
	check("older: assign a group", err)
	read, _, err := s.old.Application.GetApplicationGroupAssignment(s.ctx, app.Id, group, nil)
	check("older: read a group's assignment", err)
	same("older: a group's assignment", read.Id, group)
	assigned, _, err := s.old.Application.AssignUserToApplication(s.ctx, app.Id, old.AppUser{Id: user, Scope: "USER"})
	check("older: assign a user", err)
	same("older: scope of an assignment", assigned.Scope, "USER")
	_, err = s.old.Application.DeleteApplicationGroupAssignment(s.ctx, app.Id, group)
	check("older: unassign a group", err)
	_, err = s.old.Application.DeleteApplicationUser(s.ctx, app.Id, user, nil)
	check("older: unassign a user", err)
	_, err = s.old.Application.DeactivateApplication(s.ctx, app.Id)
	check("older: deactivate an app", err)
	_, err = s.old.Application.DeleteApplication(s.ctx, app.Id)
	check("older: delete an app", err)
}

func (s *session) olderRule(group string) {
	rule, _, err := s.old.Group.CreateGroupRule(s.ctx, old.GroupRule{
		Name: "Go older rule " + s.name, Type: "group_rule",
		Conditions: &old.GroupRuleConditions{Expression: &old.GroupRuleExpression{Type: "urn:okta:expression:1.0", Value: `user.nickName=="o"`}},
		Actions:    &old.GroupRuleAction{AssignUserToGroups: &old.GroupRuleGroupAssignment{GroupIds: []string{group}}},
	})
	check("older: create a rule", err)
	_, err = s.old.Group.ActivateGroupRule(s.ctx, rule.Id)
	check("older: activate a rule", err)
	_, err = s.old.Group.DeactivateGroupRule(s.ctx, rule.Id)
	check("older: deactivate a rule", err)
	_, err = s.old.Group.DeleteGroupRule(s.ctx, rule.Id, nil)
	check("older: delete a rule", err)
}
