package main

import (
	"fmt"
	"net/http"

	"github.com/manicminer/hamilton/auth"
	hamilton "github.com/manicminer/hamilton/environments"
	"github.com/manicminer/hamilton/msgraph"
	"github.com/manicminer/hamilton/odata"
)

// applications registers an application with owners, a password and a federated credential, as azuread_application,
// azuread_service_principal, azuread_application_password and azuread_application_federated_identity_credential do, signs in with the
// password, and takes everything away again.
func (s *session) applications(people []msgraph.User) {
	client := msgraph.NewApplicationsClient(s.tenant)
	s.use(&client.BaseClient)
	first := owner(s, *people[0].ID)
	wanted := msgraph.Application{
		DisplayName: to("Deploy"), IdentifierUris: to([]string{}), Tags: to([]string{"hamilton"}), SignInAudience: to(msgraph.SignInAudienceAzureADMyOrg),
		IsFallbackPublicClient: to(false), Owners: &msgraph.Owners{first},
	}
	made, code, err := client.Create(s.ctx, wanted)
	status("register an application", code, http.StatusCreated, err)
	id := *made.ID
	code, err = client.Update(s.ctx, msgraph.Application{DirectoryObject: msgraph.DirectoryObject{ID: &id}, DisplayName: to("Deploy")})
	status("rename an application", code, http.StatusNoContent, err)
	s.owners(client, id, people)
	principals := msgraph.NewServicePrincipalsClient(s.tenant)
	s.use(&principals.BaseClient)
	principal, code, err := principals.Create(s.ctx, msgraph.ServicePrincipal{AppId: made.AppId})
	status("make a service principal", code, http.StatusCreated, err)
	s.passwords(client, *made.AppId, id)
	s.federatedCredentials(client, id)
	code, err = principals.Delete(s.ctx, *principal.ID)
	status("delete a service principal", code, http.StatusNoContent, err)
	code, err = client.Delete(s.ctx, id)
	status("delete an application", code, http.StatusNoContent, err)
	code, err = client.DeletePermanently(s.ctx, id)
	status("delete an application for good", code, http.StatusNoContent, err)
	ok("an application with owners, a password and a federated credential")
}

func owner(s *session, id string) msgraph.DirectoryObject {
	reference := odata.Id(fmt.Sprintf("%s/v1.0/%s/directoryObjects/%s", s.graph, s.tenant, id))
	return msgraph.DirectoryObject{ID: &id, ODataId: &reference}
}

func (s *session) owners(client *msgraph.ApplicationsClient, id string, people []msgraph.User) {
	more := msgraph.Application{DirectoryObject: msgraph.DirectoryObject{ID: &id}, Owners: &msgraph.Owners{owner(s, *people[0].ID), owner(s, *people[1].ID)}}
	_, err := client.AddOwners(s.ctx, &more)
	check("add owners", err)
	listed, code, err := client.ListOwners(s.ctx, id)
	status("list owners", code, http.StatusOK, err)
	same("owners", sorted(*listed), sorted([]string{*people[0].ID, *people[1].ID}))
	one, code, err := client.GetOwner(s.ctx, id, *people[1].ID)
	status("read an owner", code, http.StatusOK, err)
	same("an owner", one, *people[1].ID)
	code, err = client.RemoveOwners(s.ctx, id, &[]string{*people[1].ID, *people[2].ID})
	status("remove owners", code, http.StatusNoContent, err) // The second of them never was one, which the client accepts.
}

func (s *session) passwords(client *msgraph.ApplicationsClient, appID, id string) {
	password, code, err := client.AddPassword(s.ctx, id, msgraph.PasswordCredential{DisplayName: to("ci")})
	status("add a password", code, http.StatusOK, err)
	if password.SecretText == nil || *password.SecretText == "" || password.KeyId == nil {
		fail("a new password is not told: %+v", password)
	}
	config := auth.Config{
		Environment: hamilton.Environment{
			AzureADEndpoint: hamilton.AzureADEndpoint(s.cloud.Authorization.LoginEndpoint),
			MsGraph:         hamilton.Api{AppId: hamilton.PublishedApis["MicrosoftGraph"], Endpoint: hamilton.ApiEndpoint(s.graph)},
		},
		TenantID: s.tenant, ClientID: appID, ClientSecret: *password.SecretText, EnableClientSecretAuth: true,
	}
	authorizer, err := config.NewAuthorizer(s.ctx, config.Environment.MsGraph)
	check("configure a new application", err)
	_, err = authorizer.Token()
	check("sign in with a new password", err)
	read, code, err := client.Get(s.ctx, id, odata.Query{})
	status("read an application", code, http.StatusOK, err)
	held := *read.PasswordCredentials
	same("passwords", len(held), 1)
	same("key of a password", held[0].KeyId, password.KeyId)
	if held[0].SecretText != nil {
		fail("a password is told a second time")
	}
	code, err = client.RemovePassword(s.ctx, id, *password.KeyId)
	status("remove a password", code, http.StatusNoContent, err)
}

func (s *session) federatedCredentials(client *msgraph.ApplicationsClient, id string) {
	wanted := msgraph.FederatedIdentityCredential{
		Audiences: &[]string{"api://AzureADTokenExchange"}, Issuer: to("https://token.example"), Name: to("main"), Subject: to("repo:acme/it"),
	}
	made, code, err := client.CreateFederatedIdentityCredential(s.ctx, id, wanted)
	status("add a federated credential", code, http.StatusCreated, err)
	_, code, err = client.CreateFederatedIdentityCredential(s.ctx, id, wanted)
	refused("add a federated credential twice", code, err, 409, "FederatedIdentityCredential with name main already exists")
	change := msgraph.FederatedIdentityCredential{ID: made.ID, Audiences: wanted.Audiences, Issuer: wanted.Issuer, Subject: to("repo:acme/all")}
	code, err = client.UpdateFederatedIdentityCredential(s.ctx, id, change)
	status("change a federated credential", code, http.StatusNoContent, err)
	read, code, err := client.GetFederatedIdentityCredential(s.ctx, id, *made.ID, odata.Query{})
	status("read a federated credential", code, http.StatusOK, err)
	within("a federated credential", read, change)
	code, err = client.DeleteFederatedIdentityCredential(s.ctx, id, *made.ID)
	status("remove a federated credential", code, http.StatusNoContent, err)
	left, code, err := client.ListFederatedIdentityCredentials(s.ctx, id, odata.Query{})
	status("list federated credentials", code, http.StatusOK, err)
	same("federated credentials left", len(*left), 0)
}
