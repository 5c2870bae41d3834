// Command okta-go works with an Okta org through the two Go SDKs that Terraform's Okta provider is built on, in the provider's
// order: it creates, reads everything back, and reads a second time, when nothing may differ ("an empty plan").
//
// Environment: OKTA_ORG_URL, and either OKTA_API_TOKEN or OKTA_CLIENT_ID, OKTA_PRIVATE_KEY (a PEM file) and OKTA_SCOPES
// (separated by spaces) with OKTA_DPOP_CLIENT_ID, an application with the same key that needs proofs of possession; and CONTROL_URL (of
// the simulated tenants, to make a request fail once). It prints one line per step, ends with "done", and exits with 1 at the first difference.
package main

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	neturl "net/url"
	"os"
	"strings"
	"time"

	old "github.com/okta/okta-sdk-golang/v2/okta"
	"github.com/okta/okta-sdk-golang/v5/okta"
)

// Requests in flight: what Terraform has by default.
const inFlight = 10

// session is one signed-in program with both SDKs.
type session struct {
	ctx context.Context
	// name tells the objects of this run from those of another.
	name string
	api  *okta.APIClient
	old  *old.Client
}

func main() {
	s := signedIn(context.Background())
	custom := s.defineAttributes()
	s.refusals()
	people := s.createPeople()
	groups := s.createGroups()
	s.fillGroups(groups, people)
	s.emptyPlan(people, groups)
	s.updatePeople(people)
	s.emptyPlan(people, groups)
	s.lifecycle(people)
	s.rules(groups, people)
	s.assignApplications(groups, people)
	s.linkManagers(people)
	s.olderHalf()
	s.otherWays(people)
	s.emptyPlan(people, groups)
	s.readLog(people)
	s.removeEverything(people, groups)
	s.removeAttributes(custom)
	fmt.Println("done")
}

func signedIn(ctx context.Context) *session {
	url := os.Getenv("OKTA_ORG_URL")
	transport := &http.Transport{MaxIdleConnsPerHost: inFlight, MaxConnsPerHost: inFlight, IdleConnTimeout: time.Minute}
	httpClient := &http.Client{Transport: transport, Timeout: time.Minute}
	newer := []okta.ConfigSetter{
		okta.WithOrgUrl(url), okta.WithTestingDisableHttpsCheck(true), okta.WithCache(false), okta.WithHttpClientPtr(httpClient),
		okta.WithRateLimitMaxRetries(2), okta.WithRateLimitMaxBackOff(60),
	}
	older := []old.ConfigSetter{
		old.WithOrgUrl(url), old.WithTestingDisableHttpsCheck(true), old.WithCache(false), old.WithHttpClientPtr(httpClient),
	}
	name := "token"
	if token := os.Getenv("OKTA_API_TOKEN"); token != "" {
		newer = append(newer, okta.WithAuthorizationMode("SSWS"), okta.WithToken(token))
		older = append(older, old.WithAuthorizationMode("SSWS"), old.WithToken(token))
	} else {
		name = "key"
		id, key, scopes := os.Getenv("OKTA_CLIENT_ID"), os.Getenv("OKTA_PRIVATE_KEY"), strings.Fields(os.Getenv("OKTA_SCOPES"))
		newer = append(newer, okta.WithAuthorizationMode("PrivateKey"), okta.WithClientId(id), okta.WithPrivateKey(key), okta.WithScopes(scopes))
		older = append(older, old.WithAuthorizationMode("PrivateKey"), old.WithClientId(id), old.WithPrivateKey(olderKey(key)), old.WithScopes(scopes))
	}
	configuration, err := okta.NewConfiguration(newer...)
	check("configure v5", err)
	// The SDK drops the port, which no real org has.
	address, err := neturl.Parse(url)
	check("read the address", err)
	configuration.Host = address.Host
	_, oldClient, err := old.NewClient(ctx, older...)
	check("configure v2", err)
	return &session{ctx: ctx, name: name, api: okta.NewAPIClient(configuration), old: oldClient}
}

// olderKey is the PEM text of a key in the form that the older SDK reads alone, PKCS #1.
func olderKey(file string) string {
	text, err := os.ReadFile(file)
	check("read the private key", err)
	block, _ := pem.Decode(text)
	if block == nil {
		fail("%s holds no PEM", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	check("read the private key", err)
	rsaKey, isRSA := key.(*rsa.PrivateKey)
	if !isRSA {
		fail("the private key is no RSA key")
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)}))
}
