package main

import (
	"fmt"
	"net/http"

	"github.com/manicminer/hamilton/msgraph"
	"github.com/manicminer/hamilton/odata"
)

// Roles every tenant has. Source: Microsoft Entra built-in roles.
const (
	userAdministrator   = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	groupsAdministrator = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
)

// unit is an administrative unit as a Terraform configuration has it.
type unit struct {
	id      string
	wanted  msgraph.AdministrativeUnit
	members []string
}

func (s *session) units() *msgraph.AdministrativeUnitsClient {
	client := msgraph.NewAdministrativeUnitsClient(s.tenant)
	s.use(&client.BaseClient)
	return client
}

// createUnits creates administrative units with users and a group in them, as azuread_administrative_unit does.
func (s *session) createUnits(people []msgraph.User, groups []*group) []*unit {
	units := []*unit{}
	for index := range 3 {
		one := &unit{wanted: msgraph.AdministrativeUnit{DisplayName: to(fmt.Sprintf("Go unit %d", index)), Description: text("made by hamilton")}}
		made, code, err := s.units().Create(s.ctx, one.wanted)
		status("create a unit", code, http.StatusCreated, err)
		one.id = *made.ID
		for _, person := range people[index*10 : index*10+10] {
			one.members = append(one.members, *person.ID)
		}
		one.members = append(one.members, *groups[6+index].wanted.ID)
		_, err = s.units().AddMembers(s.ctx, one.id, to(msgraph.Members(s.objects(one.members))))
		check("add members to a unit", err)
		units = append(units, one)
	}
	gone := []string{units[0].members[0]}
	code, err := s.units().RemoveMembers(s.ctx, units[0].id, &gone)
	status("remove a member of a unit", code, http.StatusNoContent, err)
	units[0].members = units[0].members[1:]
	change := msgraph.AdministrativeUnit{ID: &units[1].id, DisplayName: to("Go unit, renamed")}
	code, err = s.units().Update(s.ctx, change)
	status("update a unit", code, http.StatusNoContent, err)
	units[1].wanted.DisplayName = change.DisplayName
	ok("created %d administrative units", len(units))
	return units
}

func (s *session) compareUnits(units []*unit) {
	for _, one := range units {
		read, code, err := s.units().Get(s.ctx, one.id, odata.Query{})
		status("read a unit", code, http.StatusOK, err)
		within("a unit", read, one.wanted)
		members, code, err := s.units().ListMembers(s.ctx, one.id)
		status("list a unit's members", code, http.StatusOK, err)
		same("a unit's members", sorted(*members), sorted(one.members))
	}
	listed, _, err := s.units().List(s.ctx, odata.Query{Filter: "startsWith(displayName,'Go unit')"})
	check("list units", err)
	same("units listed", len(*listed), len(units))
}

// roles gives roles as azuread_directory_role, azuread_directory_role_member and azuread_directory_role_assignment do.
func (s *session) roles(people []msgraph.User, groups []*group, units []*unit) {
	old := msgraph.NewDirectoryRolesClient(s.tenant)
	s.use(&old.BaseClient)
	role, err := s.activated(old, groupsAdministrator)
	check("activate a role", err)
	role.Members = to(msgraph.Members(s.objects([]string{*people[7].ID})))
	_, err = old.AddMembers(s.ctx, role)
	check("add a role's member", err)
	members, code, err := old.ListMembers(s.ctx, *role.ID)
	status("list a role's members", code, http.StatusOK, err)
	same("a role's members", *members, []string{*people[7].ID})
	_, err = old.RemoveMembers(s.ctx, *role.ID, members)
	check("remove a role's member", err)

	client := msgraph.NewRoleAssignmentsClient(s.tenant)
	s.use(&client.BaseClient)
	for scope, principal := range map[string]string{"/": *groups[1].wanted.ID, "/administrativeUnits/" + units[0].id: *people[8].ID} {
		wanted := msgraph.UnifiedRoleAssignment{DirectoryScopeId: &scope, PrincipalId: &principal, RoleDefinitionId: to(userAdministrator)}
		made, code, err := client.Create(s.ctx, wanted)
		status("assign a role", code, http.StatusCreated, err)
		_, code, err = client.Create(s.ctx, wanted)
		refused("assign a role twice", code, err, 400, "A conflicting object with one or more of the specified property values is present in the directory.")
		read, code, err := client.Get(s.ctx, *made.ID, odata.Query{})
		status("read an assignment", code, http.StatusOK, err)
		within("an assignment", read, wanted)
		found, _, err := client.List(s.ctx, odata.Query{Filter: fmt.Sprintf("principalId eq '%s'", principal)})
		check("list assignments", err)
		same("assignments listed", len(*found), 1)
		code, err = client.Delete(s.ctx, *made.ID)
		status("remove an assignment", code, http.StatusNoContent, err)
	}
	ok("directory roles and role assignments, one of them in a unit")
}

// activated is the directory role of a template, activated if it is not yet.
func (s *session) activated(client *msgraph.DirectoryRolesClient, template string) (*msgraph.DirectoryRole, error) {
	roles, _, err := client.List(s.ctx)
	if err != nil {
		return nil, err
	}
	for _, role := range *roles {
		if *role.RoleTemplateId == template {
			return &role, nil
		}
	}
	role, _, err := client.Activate(s.ctx, template)
	return role, err
}
