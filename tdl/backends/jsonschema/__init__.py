"""The JSON Schema: what the values of a definition's tables look like as JSON, for editors and any validator."""
