package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	neturl "net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

// otherWays are other ways to reach the org: without the right, through a proxy, with proof of possession, and when it is too much.
func (s *session) otherWays(people []*person) {
	s.tooMuch(people[0].id)
	s.throughProxy()
	if s.name == "key" {
		s.withoutScope(people[0].id)
		s.withProof(people)
	} else {
		s.withWrongToken()
	}
	ok("repeats, a proxy, and sign-ins that are refused")
}

// client is the newer SDK with other settings.
func client(address string, settings ...okta.ConfigSetter) *okta.APIClient {
	common := []okta.ConfigSetter{okta.WithOrgUrl(address), okta.WithTestingDisableHttpsCheck(true), okta.WithCache(false)}
	configuration, err := okta.NewConfiguration(append(common, settings...)...)
	check("configure", err)
	parsed, err := neturl.Parse(address)
	check("read the address", err)
	configuration.Host = parsed.Host
	return okta.NewAPIClient(configuration)
}

func signedWithKey(id string, scopes ...string) []okta.ConfigSetter {
	return []okta.ConfigSetter{
		okta.WithAuthorizationMode("PrivateKey"), okta.WithClientId(id), okta.WithPrivateKey(os.Getenv("OKTA_PRIVATE_KEY")), okta.WithScopes(scopes),
	}
}

// withoutScope asks for more than the token's scopes allow: a 403 without body, explained in a header.
func (s *session) withoutScope(user string) {
	reader := client(os.Getenv("OKTA_ORG_URL"), signedWithKey(os.Getenv("OKTA_CLIENT_ID"), "okta.users.read")...)
	_, _, err := reader.UserAPI.GetUser(s.ctx, user).Execute()
	check("read with a token to read", err)
	response, err := reader.UserAPI.SuspendUser(s.ctx, user).Execute()
	var refusal *okta.GenericOpenAPIError
	if !errors.As(err, &refusal) || response.StatusCode != http.StatusForbidden || len(refusal.Body()) != 0 {
		fail("write with a token to read: %v", err)
	}
	if why := response.Header.Get("WWW-Authenticate"); !strings.Contains(why, `error="insufficient_scope"`) || !strings.Contains(why, `scope="okta.users.manage"`) {
		fail("the refusal of a scope says %q", why)
	}
}

func (s *session) withWrongToken() {
	stranger := client(os.Getenv("OKTA_ORG_URL"), okta.WithAuthorizationMode("SSWS"), okta.WithToken("00wrong"))
	_, _, err := stranger.UserAPI.ListUsers(s.ctx).Execute()
	refused("a wrong token", err, 401, "E0000011", "Invalid token provided")
}

// withProof signs in as an application whose tokens need a proof of possession with each request.
func (s *session) withProof(people []*person) {
	prover := client(os.Getenv("OKTA_ORG_URL"), signedWithKey(os.Getenv("OKTA_DPOP_CLIENT_ID"), "okta.users.read", "okta.users.manage")...)
	users, response, err := prover.UserAPI.ListUsers(s.ctx).Limit(200).Execute()
	if found := all("list users with proofs", users, response, err); len(found) < len(people) {
		fail("with proofs, %d users are listed", len(found))
	}
	if used := response.Request.Header.Get("Authorization"); !strings.HasPrefix(used, "DPoP ") {
		fail("the SDK did not use a proof but %q", strings.SplitN(used, " ", 2)[0])
	}
	change := okta.UpdateUserRequest{Profile: &okta.UserProfile{EmployeeNumber: okta.PtrString("4711")}}
	_, _, err = prover.UserAPI.UpdateUser(s.ctx, people[20].id).User(change).Execute()
	check("update a user with a proof", err)
	people[20].profile["employeeNumber"] = "4711"
}

// throughProxy reaches an org of another name through a proxy, which gets request targets in absolute form.
func (s *session) throughProxy() {
	proxy, err := neturl.Parse(os.Getenv("OKTA_ORG_URL"))
	check("read the address", err)
	port, err := strconv.Atoi(proxy.Port())
	check("read the port", err)
	const org = "http://acme.okta.example"
	settings := []okta.ConfigSetter{okta.WithProxyHost(proxy.Hostname()), okta.WithProxyPort(int32(port))}
	if s.name == "key" {
		settings = append(settings, signedWithKey(os.Getenv("OKTA_CLIENT_ID"), "okta.users.read")...)
	} else {
		settings = append(settings, okta.WithAuthorizationMode("SSWS"), okta.WithToken(os.Getenv("OKTA_API_TOKEN")))
	}
	users, response, err := client(org, settings...).UserAPI.ListUsers(s.ctx).Limit(150).Execute()
	check("list users through a proxy", err)
	for _, link := range response.Header.Values("Link") {
		if !strings.HasPrefix(link, "<"+org+"/api/v1/users?") || strings.Count(link, "rel=") != 1 {
			fail("a link leads elsewhere, or is not alone in its line: %s", link)
		}
	}
	if pages := all("list users through a proxy", users, response, err); len(pages) < peopleCount {
		fail("through a proxy, %d users are listed", len(pages))
	}
}

// tooMuch is told to wait and does, as long as the reply says.
func (s *session) tooMuch(user string) {
	fault := map[string]any{
		"provider": "okta", "method": "GET", "path": "/api/v1/users/" + user, "fault": "status", "status": 429, "count": 1,
		"headers": map[string]string{
			"x-rate-limit-limit": "600", "x-rate-limit-remaining": "0", "x-rate-limit-reset": fmt.Sprint(time.Now().Unix() + 1),
		},
		"body": map[string]any{"errorCode": "E0000047", "errorSummary": "API call exceeded rate limit due to too many requests."},
	}
	answer, err := http.Post(os.Getenv("CONTROL_URL")+"/faults", "application/json", bytes.NewBufferString(asJSON(fault)))
	check("arm a fault", err)
	answer.Body.Close()
	same("arm a fault, class of status", answer.StatusCode/100, 2)
	start := time.Now()
	read, _, err := s.api.UserAPI.GetUser(s.ctx, user).Execute()
	check("read after a 429", err)
	same("the user that was read", read.GetId(), user)
	if waited := time.Since(start); waited < 900*time.Millisecond || waited > 10*time.Second {
		fail("after a 429 the SDK waited %v", waited)
	}
}
