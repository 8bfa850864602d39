module handover

go 1.26

// npm packages may carry Go files; they are not ours to check.
ignore ./frontend/node_modules
