// Command links sends short names on to long addresses.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"gopkg.in/yaml.v3"
)

func load(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	links := map[string]string{}
	return links, yaml.Unmarshal(text, &links)
}

func router(links map[string]string) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Recoverer, middleware.Timeout(5*time.Second))
	r.Get("/health", func(w http.ResponseWriter, _ *http.Request) {
		_, err := time.LoadLocation("Europe/Vienna")
		w.Header().Set("content-type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"status": "ok", "service": "links", "links": len(links), "zones": err == nil})
	})
	r.Get("/{name}", func(w http.ResponseWriter, req *http.Request) {
		target, ok := links[chi.URLParam(req, "name")]
		if !ok {
			http.NotFound(w, req)
			return
		}
		http.Redirect(w, req, target, http.StatusFound)
	})
	return r
}

func main() {
	path := os.Getenv("LINKS_FILE")
	if path == "" {
		path = "links.yaml"
	}
	links, err := load(path)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{Addr: ":8080", Handler: router(links), ReadHeaderTimeout: 5 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
		server.Shutdown(context.Background())
	}()
	log.Printf("%d links, listening on %s", len(links), server.Addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}
