package main

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

const groupCount = 20

// group is a group as a Terraform configuration has it.
type group struct {
	id                string
	name, description string
	members           []string
}

func (g *group) profile() map[string]any {
	return map[string]any{"name": g.name, "description": g.description}
}

func (s *session) createGroups() []*group {
	groups := make([]*group, groupCount)
	for index := range groups {
		one := &group{name: fmt.Sprintf("Go SDK %s %02d", s.name, index), description: fmt.Sprintf("Group %d of Terraform's kind", index)}
		body := okta.Group{Profile: &okta.GroupProfile{Name: &one.name, Description: &one.description}}
		made, response, err := s.api.GroupAPI.CreateGroup(s.ctx).Group(body).Execute()
		check("create a group", err)
		same("status of a new group", response.StatusCode, http.StatusOK)
		same("profile of a new group", given(made.Profile), one.profile())
		same("type of a new group", []any{made.GetType(), made.GetObjectClass()}, []any{"OKTA_GROUP", []string{"okta:user_group"}})
		one.id = made.GetId()
		groups[index] = one
	}
	body := okta.Group{Profile: &okta.GroupProfile{Name: &groups[0].name}}
	_, _, err := s.api.GroupAPI.CreateGroup(s.ctx).Group(body).Execute()
	refused("create a group twice", err, 400, "E0000001", "name")
	one := groups[3]
	one.description = "changed"
	body = okta.Group{Profile: &okta.GroupProfile{Name: &one.name, Description: &one.description}}
	replaced, _, err := s.api.GroupAPI.ReplaceGroup(s.ctx, one.id).Group(body).Execute()
	check("replace a group", err)
	same("profile of a replaced group", given(replaced.Profile), one.profile())
	ok("created %d groups", len(groups))
	return groups
}

// fillGroups puts everybody into the first group, and each into one of the others, as okta_group_memberships does.
func (s *session) fillGroups(groups []*group, people []*person) {
	for index, one := range people {
		groups[0].members = append(groups[0].members, one.id)
		other := groups[1+index%(len(groups)-1)]
		other.members = append(other.members, one.id)
	}
	for _, one := range groups {
		parallel(len(one.members), func(index int) {
			response, err := s.api.GroupAPI.AssignUserToGroup(s.ctx, one.id, one.members[index]).Execute()
			check("add a member", err)
			same("status of an addition", response.StatusCode, http.StatusNoContent)
		})
	}
	_, err := s.api.GroupAPI.AssignUserToGroup(s.ctx, groups[0].id, people[0].id).Execute()
	check("add a member twice", err)
	last := groups[len(groups)-1]
	for range 2 {
		response, err := s.api.GroupAPI.UnassignUserFromGroup(s.ctx, last.id, last.members[0]).Execute()
		check("remove a member, twice", err)
		same("status of a removal", response.StatusCode, http.StatusNoContent)
	}
	last.members = last.members[1:]
	everyone, _, err := s.api.GroupAPI.ListGroups(s.ctx).Filter(`type eq "BUILT_IN"`).Execute()
	check("list built-in groups", err)
	same("the built-in group", everyone[0].Profile.GetName(), "Everyone")
	_, err = s.api.GroupAPI.UnassignUserFromGroup(s.ctx, everyone[0].GetId(), people[0].id).Execute()
	refused("remove from Everyone", err, 403, "E0000006", "You do not have permission to perform the requested action")
	_, err = s.api.GroupAPI.AssignUserToGroup(s.ctx, groups[0].id, "00u000000000000000x7").Execute()
	refused("add nobody", err, 404, "E0000007", "00u000000000000000x7 (User)")
	ok("put %d members into %d groups", 2*len(people)-1, len(groups))
}

func (s *session) membersOf(id string) []string {
	users, response, err := s.api.GroupAPI.ListGroupUsers(s.ctx, id).Limit(200).Execute()
	members := []string{}
	for _, user := range all("list members", users, response, err) {
		members = append(members, user.GetId())
	}
	return members
}

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

// compareGroups reads each group with its members, then the list, then some users' groups.
func (s *session) compareGroups(groups []*group, people []*person) {
	parallel(len(groups), func(index int) {
		one := groups[index]
		got, response, err := s.api.GroupAPI.GetGroup(s.ctx, one.id).Execute()
		check("read a group", err)
		limited("read a group", response)
		same("a group's profile", given(got.Profile), one.profile())
		if got.GetLastMembershipUpdated().Before(got.GetCreated().Add(-time.Second)) {
			fail("lastMembershipUpdated of %s is before its creation", one.name)
		}
		same("members of "+one.name, sorted(s.membersOf(one.id)), sorted(one.members))
	})
	found, response, err := s.api.GroupAPI.ListGroups(s.ctx).Search(fmt.Sprintf(`profile.name sw "Go SDK %s "`, s.name)).
		SortBy("profile.name").SortOrder("asc").Limit(6).Execute()
	names, want := []string{}, []string{}
	for _, one := range all("search groups", found, response, err) {
		names = append(names, one.Profile.GetName())
	}
	for _, one := range groups {
		want = append(want, one.name)
	}
	same("the groups found", names, want)
	listed, response, err := s.api.GroupAPI.ListGroups(s.ctx).Q(fmt.Sprintf("Go SDK %s 1", s.name)).Execute()
	same("groups whose name starts so", len(all("list groups by name", listed, response, err)), 10)
	for index := 0; index < len(people); index += 50 {
		of, _, err := s.api.UserAPI.ListUserGroups(s.ctx, people[index].id).Execute()
		check("list a user's groups", err)
		names := []string{}
		for _, one := range of {
			names = append(names, one.Profile.GetName())
		}
		same("a user's groups", sorted(names), sorted([]string{"Everyone", groups[0].name, groups[1+index%(len(groups)-1)].name}))
	}
}
