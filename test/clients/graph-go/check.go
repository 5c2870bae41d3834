package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// fail ends the program: whatever is not as expected is the end.
func fail(format string, values ...any) {
	fmt.Printf("DIFFERENT "+format+"\n", values...)
	os.Exit(1)
}

func ok(format string, values ...any) { fmt.Printf("ok "+format+"\n", values...) }

func check(step string, err error) {
	if err != nil {
		fail("%s: %v", step, err)
	}
}

// status compares the status of a reply and fails on an error.
func status(step string, got, want int, err error) {
	check(step, err)
	same(step+", status", got, want)
}

// refused expects an error with this status and these words.
func refused(step string, got int, err error, want int, words string) {
	if err == nil || got != want || !strings.Contains(err.Error(), words) {
		fail("%s: got %d, %v; want %d, %q", step, got, err, want, words)
	}
}

// same compares what was read with what was wanted, as JSON.
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

// within compares every field that was wanted with the one that was read.
func within(what string, got, want any) {
	read, _ := plain(got).(map[string]any)
	wanted, _ := plain(want).(map[string]any)
	for field, value := range wanted {
		if field != "passwordProfile" && !strings.Contains(field, "@odata") {
			same(what+", "+field, read[field], value)
		}
	}
}

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

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

func to[T any](value T) *T { return &value }
