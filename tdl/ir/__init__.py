"""The two intermediate forms: the Model says what tables are, the Plan says how their octets move."""
