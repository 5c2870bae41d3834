package main

import (
	"fmt"
	"net/http"

	"github.com/manicminer/hamilton/msgraph"
	"github.com/manicminer/hamilton/odata"
)

const groupCount = 10

// group is a group as a Terraform configuration has it.
type group struct {
	wanted          msgraph.Group
	members, owners []string
}

func (s *session) groups() *msgraph.GroupsClient {
	client := msgraph.NewGroupsClient(s.tenant)
	s.use(&client.BaseClient)
	return client
}

func (s *session) objects(ids []string) []msgraph.DirectoryObject {
	objects := []msgraph.DirectoryObject{}
	for _, id := range ids {
		objects = append(objects, msgraph.DirectoryObject{ID: &id, ODataId: s.reference(id)})
	}
	return objects
}

// createGroups creates groups as azuread_group does: owners and members with the group, twenty references at most, others one by one.
func (s *session) createGroups(people []msgraph.User) []*group {
	groups := []*group{}
	for index := range groupCount {
		one := &group{wanted: msgraph.Group{
			DisplayName: to(fmt.Sprintf("Go group %d", index)), Description: text("made by hamilton"), MailEnabled: to(false),
			MailNickname: to(fmt.Sprintf("go-group-%d", index)), SecurityEnabled: to(true),
		}}
		one.owners = []string{*people[index].ID, *people[index+1].ID}
		for member := index * 20; member < index*20+18; member++ {
			one.members = append(one.members, *people[member].ID)
		}
		if index == 1 {
			one.wanted.IsAssignableToRole = to(true)
		}
		request := one.wanted
		request.Members, request.Owners = to(msgraph.Members(s.objects(one.members))), to(msgraph.Owners(s.objects(one.owners)))
		made, code, err := s.groups().Create(s.ctx, request)
		status("create a group", code, http.StatusCreated, err)
		within("a new group", made, one.wanted)
		one.wanted.ID = made.ID
		groups = append(groups, one)
	}
	first := groups[0]
	for _, person := range people[18:] {
		first.members = append(first.members, *person.ID)
	}
	addition := msgraph.Group{Members: to(msgraph.Members(s.objects(first.members[10:])))} // Ten of them are members already.
	addition.ID = first.wanted.ID
	_, err := s.groups().AddMembers(s.ctx, &addition)
	check("add members", err)
	nested := msgraph.Group{Members: to(msgraph.Members(s.objects([]string{*groups[3].wanted.ID})))}
	nested.ID = groups[4].wanted.ID
	_, err = s.groups().AddMembers(s.ctx, &nested)
	check("add a group as a member", err)
	groups[4].members = append(groups[4].members, *groups[3].wanted.ID)
	owner := []string{groups[5].owners[0]}
	_, err = s.groups().RemoveOwners(s.ctx, *groups[5].wanted.ID, &owner)
	check("remove an owner", err)
	groups[5].owners = groups[5].owners[1:]
	ok("created %d groups", len(groups))
	return groups
}

// compareGroups reads each group with its members and owners, then the list, then a user's groups.
func (s *session) compareGroups(groups []*group) {
	parallel(len(groups), func(index int) {
		one := groups[index]
		read, code, err := s.groups().Get(s.ctx, *one.wanted.ID, odata.Query{})
		status("read a group", code, http.StatusOK, err)
		within("a group", read, one.wanted)
		members, code, err := s.groups().ListMembers(s.ctx, *one.wanted.ID)
		status("list members", code, http.StatusOK, err)
		same("a group's members", sorted(*members), sorted(one.members))
		owners, code, err := s.groups().ListOwners(s.ctx, *one.wanted.ID)
		status("list owners", code, http.StatusOK, err)
		same("a group's owners", sorted(*owners), sorted(one.owners))
	})
	listed, code, err := s.groups().List(s.ctx, odata.Query{Filter: "startsWith(displayName,'Go group')"})
	status("list groups", code, http.StatusOK, err)
	same("groups listed", len(*listed), len(groups))
	of, code, err := s.users().ListGroupMemberships(s.ctx, groups[2].members[len(groups[2].members)-1], odata.Query{})
	status("list a user's groups", code, http.StatusOK, err)
	names := []string{}
	for _, one := range *of {
		names = append(names, *one.DisplayName)
	}
	same("a user's groups", sorted(names), []string{"Go group 0", "Go group 2"})
}
