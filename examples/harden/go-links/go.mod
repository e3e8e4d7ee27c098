module example.org/links

go 1.23

require (
	github.com/go-chi/chi/v5 v5.2.1
	gopkg.in/yaml.v3 v3.0.1
)
