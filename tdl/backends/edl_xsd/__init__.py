"""The EDL schema: what the values of a definition's tables look like as XML, for any validator of XML Schema 1.0."""
