package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/hashicorp/go-azure-sdk/sdk/auth"
	"github.com/hashicorp/go-azure-sdk/sdk/client"
	graph "github.com/hashicorp/go-azure-sdk/sdk/client/msgraph"
	"github.com/hashicorp/go-azure-sdk/sdk/odata"
	"github.com/manicminer/hamilton/msgraph"
)

// asked holds the options of one request; the provider's generated clients have one such type each.
type asked struct{ query odata.Query }

func (a asked) ToHeaders() *client.Headers   { return nil }
func (a asked) ToOData() *odata.Query        { return &a.query }
func (a asked) ToQuery() *client.QueryParams { return nil }

// call is one request through go-azure-sdk, as the provider's generated clients send it.
type call struct {
	method, path string
	body         any
	query        odata.Query
	expected     []int
	again        client.RequestRetryFunc
	paged        bool
}

func (s *session) graphClient(version graph.ApiVersion) *graph.Client {
	credentials := auth.Credentials{
		Environment: *s.cloud, TenantID: s.tenant, ClientID: os.Getenv("AZURE_CLIENT_ID"), ClientSecret: os.Getenv("AZURE_CLIENT_SECRET"),
		EnableAuthenticatingUsingClientSecret: true,
	}
	authorizer, err := auth.NewAuthorizerFromCredentials(s.ctx, credentials, s.cloud.MicrosoftGraph)
	check("configure go-azure-sdk", err)
	made, err := graph.NewClient(s.cloud.MicrosoftGraph, "users", version)
	check("configure Microsoft Graph", err)
	made.SetAuthorizer(authorizer)
	return made
}

func send(ctx context.Context, with *graph.Client, wanted call, model any) (*client.Response, error) {
	request, err := with.NewRequest(ctx, client.RequestOptions{
		ContentType: "application/json; charset=utf-8", ExpectedStatusCodes: wanted.expected, HttpMethod: wanted.method,
		OptionsObject: asked{wanted.query}, Path: wanted.path, RetryFunc: wanted.again,
	})
	check("build a request", err)
	request.RetryFunc = wanted.again
	if wanted.body != nil {
		check("write a request", request.Marshal(wanted.body))
	}
	var response *client.Response
	if wanted.paged {
		response, err = request.ExecutePaged(ctx)
	} else {
		response, err = request.Execute(ctx)
	}
	if err == nil && model != nil {
		check("read a reply", response.Unmarshal(model))
	}
	return response, err
}

// transport goes through the provider's present transport: paging, errors, and repeats for what is not there yet.
func (s *session) transport(people []msgraph.User, groups []*group) {
	v1 := s.graphClient(graph.VersionOnePointZero)
	var page struct {
		Value []struct{ ID, DisplayName string }
	}
	query := odata.Query{
		Filter: "startsWith(mailNickname,'go-') and accountEnabled eq true", Select: []string{"id", "displayName"}, Top: 40, Count: true,
		ConsistencyLevel: odata.ConsistencyLevelEventual, OrderBy: odata.OrderBy{Field: "displayName", Direction: odata.Ascending},
	}
	_, err := send(s.ctx, v1, call{method: http.MethodGet, path: "/users", query: query, expected: []int{200}, paged: true}, &page)
	check("list users in pages", err)
	enabled := []string{}
	for _, one := range people {
		if *one.AccountEnabled {
			enabled = append(enabled, *one.DisplayName)
		}
	}
	names := []string{}
	for _, one := range page.Value {
		names = append(names, one.DisplayName)
	}
	same("the enabled users, in order", names, sorted(enabled))

	reference := map[string]string{"@odata.id": string(*s.reference(groups[0].members[0]))}
	add := call{method: http.MethodPost, path: "/groups/" + *groups[0].wanted.ID + "/members/$ref", body: reference, expected: []int{204}}
	response, err := send(s.ctx, v1, add, nil)
	if err == nil || response.OData == nil || response.OData.Error == nil || !response.OData.Error.Match(odata.ErrorAddedObjectReferencesAlreadyExist) {
		fail("add a member twice: %v", err)
	}
	same("code of the error", response.OData.Error.Code, "Request_BadRequest")
	if response.OData.Error.InnerError == nil || response.OData.Error.InnerError.RequestId == nil {
		fail("the error does not say which request it was")
	}
	s.repeats(v1, *people[20].ID)
	var unit struct{ ID, DisplayName, Visibility string }
	beta := s.graphClient(graph.VersionBeta)
	made := call{method: http.MethodPost, path: "/administrativeUnits", body: map[string]string{"displayName": "Go beta unit"}, expected: []int{201}}
	_, err = send(s.ctx, beta, made, &unit)
	check("create a unit with /beta", err)
	_, err = send(s.ctx, v1, call{method: http.MethodDelete, path: "/directory/administrativeUnits/" + unit.ID, expected: []int{204}}, nil)
	check("delete it with /v1.0", err)
	ok("go-azure-sdk: pages, errors, repeats, /beta")
}

// repeats reads an object that is not everywhere yet (404), then one that must wait (429).
func (s *session) repeats(v1 *graph.Client, id string) {
	path := "/users/" + id
	for _, fault := range []map[string]any{
		{"status": 404, "body": map[string]any{"error": map[string]string{"code": "Request_ResourceNotFound", "message": "not yet"}}},
		{"status": 429, "headers": map[string]string{"Retry-After": "1"}},
	} {
		fault["provider"], fault["method"], fault["path"], fault["fault"], fault["count"] = "entra", "GET", "/v1.0"+path, "status", 1
		answer, err := http.Post(os.Getenv("CONTROL_URL")+"/faults", "application/json", bytes.NewBufferString(asJSON(fault)))
		check("arm a fault", err)
		answer.Body.Close()
		same("arm a fault, class of status", answer.StatusCode/100, 2)
		start := time.Now()
		var user struct{ ID string }
		_, err = send(s.ctx, v1, call{method: http.MethodGet, path: path, expected: []int{200}, again: client.RetryOn404ConsistencyFailureFunc}, &user)
		check(fmt.Sprintf("read after a %v", fault["status"]), err)
		same("the user that was read", user.ID, id)
		if time.Since(start) < 900*time.Millisecond {
			fail("the SDK did not wait after a %v, so the fault did not strike", fault["status"])
		}
	}
}

// identity signs in with Microsoft's own azidentity and asks Microsoft Graph with its token.
func (s *session) identity() {
	options := &azidentity.ClientSecretCredentialOptions{
		ClientOptions: azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: s.cloud.Authorization.LoginEndpoint}},
		// There is no instance discovery outside of Microsoft's clouds.
		DisableInstanceDiscovery: true,
	}
	credential, err := azidentity.NewClientSecretCredential(s.tenant, os.Getenv("AZURE_CLIENT_ID"), os.Getenv("AZURE_CLIENT_SECRET"), options)
	check("configure azidentity", err)
	token, err := credential.GetToken(s.ctx, policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}})
	check("sign in with azidentity", err)
	request, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.graph+"/v1.0/organization?$select=id", nil)
	check("build a request", err)
	request.Header.Set("Authorization", "Bearer "+token.Token)
	response, err := http.DefaultClient.Do(request)
	check("read the organization", err)
	defer response.Body.Close()
	var page struct{ Value []struct{ ID string } }
	check("read the reply", json.NewDecoder(response.Body).Decode(&page))
	same("the tenant", page.Value[0].ID, s.tenant)
	wrong, err := azidentity.NewClientSecretCredential(s.tenant, os.Getenv("AZURE_CLIENT_ID"), "wrong", options)
	check("configure azidentity", err)
	_, err = wrong.GetToken(s.ctx, policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}})
	refused("sign in with a wrong secret", 401, err, 401, "AADSTS7000215")
	ok("azidentity")
}
