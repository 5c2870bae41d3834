package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/okta/okta-sdk-golang/v5/okta"
)

// fail ends the program: whatever is not as expected is the end.
func fail(format string, values ...any) {
	fmt.Printf("DIFFERENT "+format+"\n", values...)
	os.Exit(1)
}

func ok(format string, values ...any) { fmt.Printf("ok "+format+"\n", values...) }

func check(step string, err error) {
	if err == nil {
		return
	}
	var refused *okta.GenericOpenAPIError
	if errors.As(err, &refused) {
		fail("%s: %v: %s", step, err, refused.Body())
	}
	fail("%s: %v", step, err)
}

// same compares what was wanted with what was read, as JSON.
func same(what string, got, want any) {
	if g, w := plain(got), plain(want); !reflect.DeepEqual(g, w) {
		fail("%s: got %s, want %s", what, asJSON(g), asJSON(w))
	}
}

func asJSON(value any) string {
	text, err := json.Marshal(value)
	check("write JSON", err)
	return string(text)
}

// plain is a value as any other JSON reader sees it.
func plain(value any) (result any) {
	check("read JSON", json.Unmarshal([]byte(asJSON(value)), &result))
	return result
}

// given is a JSON object without its nulls: what somebody set.
func given(value any) map[string]any {
	object, _ := plain(value).(map[string]any)
	for name, item := range object {
		if item == nil {
			delete(object, name)
		}
	}
	return object
}

// refused expects an error of Okta's shape that the SDK decodes.
func refused(step string, err error, status int, code string, cause string) {
	var failure *okta.GenericOpenAPIError
	if !errors.As(err, &failure) {
		fail("%s: got %v, want an error of the API", step, err)
	}
	if !strings.HasPrefix(failure.Error(), strconv.Itoa(status)) {
		fail("%s: got status %q, want %d: %s", step, failure.Error(), status, failure.Body())
	}
	var body okta.Error
	check(step+": read the error", json.Unmarshal(failure.Body(), &body))
	same(step+": errorCode", body.GetErrorCode(), code)
	same(step+": errorLink", body.GetErrorLink(), code)
	if !strings.HasPrefix(body.GetErrorId(), "oae") && !strings.HasPrefix(body.GetErrorId(), "sam") {
		fail("%s: errorId is %q", step, body.GetErrorId())
	}
	text := body.GetErrorSummary()
	for _, item := range body.GetErrorCauses() {
		text += "\n" + item.GetErrorSummary()
	}
	if !strings.Contains(text, cause) {
		fail("%s: the error says %q, not %q", step, text, cause)
	}
}

// limited checks the headers of the rate limit that stand on every reply.
func limited(what string, response *okta.APIResponse) {
	numbers := map[string]int64{}
	for _, name := range []string{"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"} {
		number, err := strconv.ParseInt(response.Header.Get(name), 10, 64)
		check(what+": "+name, err)
		numbers[name] = number
	}
	date, err := time.Parse(time.RFC1123, response.Header.Get("Date"))
	check(what+": Date", err)
	wait := numbers["X-Rate-Limit-Reset"] - date.Unix()
	if numbers["X-Rate-Limit-Limit"] <= 0 || numbers["X-Rate-Limit-Remaining"] > numbers["X-Rate-Limit-Limit"] || wait < 0 || wait > 61 {
		fail("%s: rate limit %v, %d s from Date", what, numbers, wait)
	}
	if response.Header.Get("X-Okta-Request-Id") == "" {
		fail("%s: no X-Okta-Request-Id", what)
	}
}

// all reads every page of a list.
func all[T any](step string, items []T, response *okta.APIResponse, err error) []T {
	check(step, err)
	limited(step, response)
	for response.HasNextPage() {
		var more []T
		response, err = response.Next(&more)
		check(step+", next page", err)
		items = append(items, more...)
	}
	return items
}

// parallel does n things, some at a time.
func parallel(n int, do func(index int)) {
	var group sync.WaitGroup
	places := make(chan struct{}, inFlight)
	for index := range n {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			do(index)
		})
	}
	group.Wait()
}
