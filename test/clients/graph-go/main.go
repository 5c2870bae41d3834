// Command graph-go works with an Entra tenant through the Go libraries that Terraform's azuread provider was and is built on
// (manicminer/hamilton; hashicorp/go-azure-sdk) and through Microsoft's azidentity, in the provider's order: it creates, reads
// everything back, and reads a second time, when nothing may differ ("an empty plan").
//
// Environment: METADATA_HOST (https, serves /metadata/endpoints as sovereign clouds do), AZURE_TENANT_ID, AZURE_CLIENT_ID,
// AZURE_CLIENT_SECRET, CONTROL_URL (of the simulated tenants, to make a request fail once), SSL_CERT_FILE (read by Go itself).
// It prints one line per step, ends with "done", and exits with 1 at the first difference.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"github.com/hashicorp/go-azure-sdk/sdk/environments"
	"github.com/manicminer/hamilton/auth"
	hamilton "github.com/manicminer/hamilton/environments"
	"github.com/manicminer/hamilton/msgraph"
)

// Requests in flight: what Terraform has by default.
const inFlight = 10

// session is one signed-in program.
type session struct {
	ctx        context.Context
	cloud      *environments.Environment
	tenant     string
	graph      string
	authorizer auth.Authorizer
}

func main() {
	log.SetOutput(io.Discard) // go-azure-sdk logs each request.
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	s := signedIn(ctx)
	people := s.createPeople()
	groups := s.createGroups(people)
	units := s.createUnits(people, groups)
	for range 2 {
		s.comparePeople(people)
		s.compareGroups(groups)
		s.compareUnits(units)
	}
	ok("read %d users, %d groups and %d units twice: no difference", len(people), len(groups), len(units))
	s.change(people, groups)
	s.comparePeople(people)
	s.compareGroups(groups)
	s.roles(people, groups, units)
	s.assignAppRoles(people, groups)
	s.credentials(people)
	s.applications(people)
	s.transport(people, groups)
	s.identity()
	s.removeEverything(people, groups, units)
	fmt.Println("done")
}

// signedIn finds the cloud's addresses in its metadata document, as the provider does with metadata_host, and signs in there.
func signedIn(ctx context.Context) *session {
	cloud, err := environments.FromEndpoint(ctx, os.Getenv("METADATA_HOST"))
	check("read the cloud's metadata", err)
	graph, there := cloud.MicrosoftGraph.Endpoint()
	if !there || cloud.Authorization == nil || cloud.Authorization.LoginEndpoint == "" {
		fail("the cloud's metadata name no Microsoft Graph and no login: %v", cloud)
	}
	tenant := os.Getenv("AZURE_TENANT_ID")
	config := auth.Config{
		Environment: hamilton.Environment{
			AzureADEndpoint: hamilton.AzureADEndpoint(cloud.Authorization.LoginEndpoint),
			MsGraph:         hamilton.Api{AppId: hamilton.PublishedApis["MicrosoftGraph"], Endpoint: hamilton.ApiEndpoint(*graph)},
		},
		TenantID: tenant, ClientID: os.Getenv("AZURE_CLIENT_ID"), ClientSecret: os.Getenv("AZURE_CLIENT_SECRET"), EnableClientSecretAuth: true,
	}
	authorizer, err := config.NewAuthorizer(ctx, config.Environment.MsGraph)
	check("configure hamilton", err)
	token, err := authorizer.Token()
	check("sign in", err)
	claims, err := auth.ParseClaims(token)
	check("read the token", err)
	same("the token's tenant and application", []string{claims.TenantId, claims.AppId}, []string{tenant, config.ClientID})
	if claims.ObjectId == "" || len(claims.Roles) == 0 {
		fail("the token names no object or no permission: %+v", claims)
	}
	ok("signed in at the cloud %q", cloud.Name)
	return &session{ctx: ctx, cloud: cloud, tenant: tenant, graph: *graph, authorizer: auth.NewCachedAuthorizer(authorizer)}
}

// use points a client of hamilton at the cloud.
func (s *session) use(client *msgraph.Client) {
	client.Authorizer, client.Endpoint = s.authorizer, hamilton.ApiEndpoint(s.graph)
	client.RetryableClient.RetryWaitMin, client.RetryableClient.RetryWaitMax, client.RetryableClient.RetryMax = 20*time.Millisecond, time.Second, 2
}
