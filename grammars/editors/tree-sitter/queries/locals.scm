; Elements are known inside the type that declares them, types and tables in the whole text.

(source_file) @local.scope
[
  (record)
  (bit_field)
  (enumeration)
] @local.scope

(record name: (name) @local.definition.type (#set! definition.type.scope "parent"))
(bit_field name: (name) @local.definition.type (#set! definition.type.scope "parent"))
(enumeration name: (name) @local.definition.type (#set! definition.type.scope "parent"))
(alias name: (name) @local.definition.type)
(table name: (name) @local.definition.var)
(member name: (name) @local.definition.field)

(type_name name: (name) @local.reference)
(sized name: (name) @local.reference)
(reference . (name) @local.reference)
(word (name) @local.reference)
