(record name: (name) @name) @definition.class
(bit_field name: (name) @name) @definition.class
(enumeration name: (name) @name) @definition.class
(alias name: (name) @name) @definition.type
(table name: (name) @name) @definition.module
(procedure name: (name) @name) @definition.function
(member name: (name) @name) @definition.field

(type_name name: (name) @name) @reference.type
(reference . (name) @name) @reference.variable
