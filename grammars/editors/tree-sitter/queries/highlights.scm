; A name is what its place makes it; the later of two patterns wins.

(name) @variable

(type_name name: (name) @type)
(type_name scope: (name) @module)
(sized name: (name) @type)
(bit_range name: (name) @type.builtin)
(bit_field container: (name) @type.builtin)

((type_name name: (name) @type.builtin)
  (#any-of? @type.builtin
    "UINT8" "UINT16" "UINT24" "UINT32" "UINT40" "UINT48" "UINT56" "UINT64"
    "INT8" "INT16" "INT24" "INT32" "INT40" "INT48" "INT56" "INT64" "FLOAT32" "FLOAT64"
    "NI_FMAT1" "NI_FMAT2" "FLOAT_CHAR6" "FLOAT_CHAR12" "FLOAT_CHAR21" "FIXED_BCD4" "FIXED_BCD6" "FIXED_BCD8"
    "LTIME_DATE" "STIME_DATE" "HTIME_DATE" "TIME_DATE" "TIME" "STIME" "HTIME" "DATE" "RDATE"
    "CHAR" "BCD" "OPAQUE" "NIL"))

((sized name: (name) @type.builtin)
  (#any-of? @type.builtin "CHAR" "STRING" "BINARY" "BCD" "SET" "OPAQUE" "UINT" "INT" "BOOL" "FILL"))

(record name: (name) @type.definition)
(bit_field name: (name) @type.definition)
(enumeration name: (name) @type.definition)
(alias name: (name) @type.definition)
(table name: (name) @type.definition)
(procedure name: (name) @function)
(header name: (name) @module)
(fragment_header name: (name) @module)
(modify_type name: (name) @type)
(target name: (name) @type)

(member name: (name) @variable.member)
(replace_member name: (name) @variable.member)
(remove_member name: (name) @variable.member)
(rename_member (name) @variable.member)
(move_member name: (name) @variable.member)
(position anchor: (name) @variable.member)
(property_name member: (name) @variable.member)

(property name: (name) @property)
(property_name name: (name) @property)
(word) @constant
(word (name) @constant)

(last_index (name) @variable.builtin)

(integer) @number
(string) @string
(comment) @comment @spell

[
  "DOCUMENT"
  "FRAGMENT"
  "TYPE"
  "TABLE"
  "PROCEDURE"
  "PACKED"
  "RECORD"
  "BIT"
  "FIELD"
  "ENUMERATION"
  "ARRAY"
] @keyword.type

"IMPORT" @keyword.import

[
  "IF"
  "THEN"
  "ELSE"
  "SWITCH"
  "CASE"
  "DEFAULT"
] @keyword.conditional

[
  "OR"
  "AND"
  "NOT"
] @keyword.operator

[
  "MFG"
  "USER"
] @keyword.modifier

[
  "END"
  "OF"
  "WITH"
  "EDITION"
  "VERSION"
  "SHA256"
  "PARAMETER"
  "RESPONSE"
  "ADD"
  "REPLACE"
  "REMOVE"
  "RENAME"
  "MOVE"
  "MODIFY"
  "SET"
  "UNSET"
  "TO"
  "WAS"
  "FIRST"
  "LAST"
  "BEFORE"
  "AFTER"
] @keyword

[
  "=" "==" "!=" "<>" "<=" ">=" "<" ">"
  "+" "-" "*" "/" "%"
  "||" "&&" "!"
  ".."
] @operator

[
  "("
  ")"
  "["
  "]"
] @punctuation.bracket

[
  ";"
  ":"
  ","
  "."
] @punctuation.delimiter
