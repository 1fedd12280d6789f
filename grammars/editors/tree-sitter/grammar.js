/**
 * The document form of table definitions, for editors.
 *
 * The rules follow grammars/*.lark one to one, so both read the same texts; this one reads a whole file where the
 * compiler reads one declaration at a time, and takes documents and fragments alike.
 */

/// <reference types="tree-sitter-cli/dsl" />

const separated = (rule) => seq(rule, repeat(seq(",", rule)));

module.exports = grammar({
  name: "tdl",

  extras: ($) => [/[ \t\r\n\f\uFEFF]/, $.comment],
  // keywords are contextual: where the grammar has no place for one, its word is a name
  word: ($) => $.name,
  supertypes: ($) => [$._declaration, $._edit, $._specification, $._expression],
  inline: ($) => [$._conjunction, $._negation, $._comparison, $._sum, $._product, $._sign, $._atom],

  rules: {
    source_file: ($) => repeat(choice($._declaration, $._edit, $.property_line)),

    // --- lexical ---------------------------------------------------------------------------------------------------

    name: () => /[A-Za-z_][A-Za-z0-9_]*/,
    integer: () => /0[xX][0-9A-Fa-f]+|[0-9]+/,
    string: () => /"[^"\n]*"|\u201c[^\u201d\n]*\u201d/,
    comment: () => /\{[^}]*\}/,

    // --- documents -------------------------------------------------------------------------------------------------

    _declaration: ($) => choice($.header, $.import, $._type, $.table, $.procedure),
    _type: ($) => choice($.record, $.bit_field, $.enumeration, $.alias),

    header: ($) =>
      seq(
        "DOCUMENT",
        field("name", $.name),
        optional(seq("EDITION", field("edition", $.string))),
        optional(seq("VERSION", field("version", $.string))),
        optional($.properties),
        ";",
      ),

    import: ($) => seq("IMPORT", field("path", $.string), ";"),

    record: ($) => seq("TYPE", field("name", $.name), "=", "PACKED", "RECORD", repeat($._item), ...closing($)),

    bit_field: ($) =>
      seq(
        "TYPE",
        field("name", $.name),
        "=",
        "BIT",
        "FIELD",
        "OF",
        field("container", $.name),
        repeat($._item),
        ...closing($),
      ),

    enumeration: ($) => seq("TYPE", field("name", $.name), "=", "ENUMERATION", repeat($._item), ...closing($)),

    alias: ($) =>
      seq("TYPE", field("name", $.name), "=", field("type", $._specification), optional($.properties), ";"),

    table: ($) =>
      seq(
        "TABLE",
        field("number", $.number),
        field("name", $.name),
        "=",
        field("type", $._specification),
        optional($.properties),
        ";",
      ),

    procedure: ($) =>
      seq(
        "PROCEDURE",
        field("number", $.number),
        field("name", $.name),
        optional(
          seq(
            "=",
            optional(seq("PARAMETER", field("parameter", $.type_name))),
            optional(seq("RESPONSE", field("response", $.type_name))),
          ),
        ),
        optional($.properties),
        ";",
      ),

    number: ($) => seq(optional(choice("MFG", "USER")), $.integer),

    // the line that published tables have in front of their types
    property_line: ($) =>
      prec.right(
        seq(
          token(/Global[ \t]+Default[ \t]+Table[ \t]+Property[ \t]+Overrides[ \t]*:/),
          repeat(seq($.property, optional(choice(",", ";")))),
        ),
      ),

    // --- fragments -------------------------------------------------------------------------------------------------

    _edit: ($) =>
      choice(
        $.fragment_header,
        $.add,
        $.replace,
        $.remove,
        $.rename,
        $.modify_type,
        $.modify_table,
        $.modify_procedure,
        $.modify_document,
      ),

    fragment_header: ($) =>
      seq(
        "FRAGMENT",
        field("name", $.name),
        "OF",
        field("base", $.string),
        optional(seq("SHA256", field("hash", $.string))),
        optional(seq("EDITION", field("edition", $.string))),
        optional(seq("VERSION", field("version", $.string))),
        optional($.properties),
        ";",
      ),

    add: ($) => seq("ADD", choice($._type, $.table, $.procedure)),
    replace: ($) => seq("REPLACE", choice($._type, $.table, $.procedure)),
    remove: ($) => seq("REMOVE", field("target", $.target), ";"),
    rename: ($) => seq("RENAME", field("target", $.target), "TO", field("name", $.name), ";"),

    target: ($) =>
      choice(
        seq("TYPE", field("name", $.name)),
        seq(choice("TABLE", "PROCEDURE"), field("number", $.number)),
      ),

    modify_type: ($) =>
      seq("MODIFY", "TYPE", field("name", $.name), repeat(choice($._member_edit, $._property_edit)), "END", ";"),
    modify_table: ($) => seq("MODIFY", "TABLE", field("number", $.number), repeat($._property_edit), "END", ";"),
    modify_procedure: ($) => seq("MODIFY", "PROCEDURE", field("number", $.number), repeat($._property_edit), "END", ";"),
    modify_document: ($) => seq("MODIFY", "DOCUMENT", repeat($._property_edit), "END", ";"),

    _member_edit: ($) => choice($.add_member, $.replace_member, $.remove_member, $.rename_member, $.move_member),

    add_member: ($) =>
      seq("ADD", choice($.member, $.if_block, $.switch_block, $.case_block), optional($.position), ";"),
    replace_member: ($) =>
      seq(
        "REPLACE",
        field("name", $.name),
        ":",
        field("type", $._specification),
        optional($.properties),
        optional(seq("WAS", field("was", $._specification))),
        ";",
      ),
    remove_member: ($) => seq("REMOVE", field("name", $.name), ";"),
    rename_member: ($) => seq("RENAME", field("name", $.name), "TO", field("to", $.name), ";"),
    move_member: ($) => seq("MOVE", field("name", $.name), $.position, ";"),

    _property_edit: ($) => choice($.set_property, $.unset_property),
    set_property: ($) =>
      seq("SET", $.property_name, "=", field("value", $._value), optional(seq("WAS", field("was", $._value))), ";"),
    unset_property: ($) => seq("UNSET", $.property_name, optional(seq("WAS", field("was", $._value))), ";"),
    property_name: ($) => seq(optional(seq(field("member", $.name), ".")), field("name", $.name)),

    position: ($) => choice("FIRST", "LAST", seq(choice("BEFORE", "AFTER"), field("anchor", $.name))),

    // --- types -----------------------------------------------------------------------------------------------------

    _specification: ($) => choice($.type_name, $.sized, $.bit_range, $.array, $.code, $.code_range),

    type_name: ($) => seq(optional(seq(field("scope", $.name), ".")), field("name", $.name)),
    sized: ($) =>
      seq(
        field("name", $.name),
        choice(seq("(", field("size", $._expression), ")"), seq("[", field("size", $._expression), "]")),
      ),
    bit_range: ($) =>
      seq(field("name", $.name), "(", field("low", $.integer), "..", field("high", $.integer), ")"),
    array: ($) => seq("ARRAY", "[", field("count", $._expression), "]", "OF", field("type", $._specification)),
    code: ($) => $.integer,
    code_range: ($) => seq(field("low", $.integer), "..", field("high", $.integer)),

    properties: ($) => seq("WITH", separated($.property)),
    property: ($) => seq(field("name", $.name), "=", field("value", $._value)),
    _value: ($) => choice($.string, $.signed_integer, $.word),
    signed_integer: ($) => seq(optional("-"), $.integer),
    word: ($) => $.name,

    _item: ($) =>
      choice(seq($.member, ";"), seq($.if_block, ";"), seq($.switch_block, ";"), seq($.case_block, ";")),
    member: ($) => seq(field("name", $.name), ":", field("type", $._specification), optional($.properties)),

    if_block: ($) =>
      seq("IF", field("condition", $._expression), "THEN", repeat($._item), optional($.else_part), "END"),
    else_part: ($) => seq("ELSE", repeat($._item)),

    // labels and members stand side by side, as in the compiler's grammar
    switch_block: ($) =>
      seq(
        "SWITCH",
        field("selector", $._expression),
        "OF",
        repeat(choice($.arm_label, $.default_label, $._item)),
        "END",
      ),
    arm_label: ($) => seq("CASE", separated($.label), ":"),
    default_label: () => seq(choice("DEFAULT", "ELSE"), optional(":")),
    case_block: ($) =>
      seq(
        "CASE",
        field("selector", $._expression),
        "OF",
        repeat(choice(alias($.bare_label, $.arm_label), $.default_label, $._item)),
        "END",
      ),
    bare_label: ($) => seq(separated($.label), ":"),
    label: ($) => seq($.integer, optional(seq("..", $.integer))),

    // --- expressions -----------------------------------------------------------------------------------------------

    _expression: ($) => choice($.or, $._conjunction),
    or: ($) => binary($, $._expression, choice("OR", "||"), $._conjunction),
    _conjunction: ($) => choice($.and, $._negation),
    and: ($) => binary($, $._conjunction, choice("AND", "&&"), $._negation),
    _negation: ($) => choice($.not, $._comparison),
    not: ($) => seq(choice("NOT", "!"), field("operand", $._negation)),
    _comparison: ($) => choice($.comparison, $._sum),
    comparison: ($) => binary($, $._sum, choice("==", "!=", "<>", "<=", ">=", "<", ">", "="), $._sum),
    _sum: ($) => choice($.sum, $._product),
    sum: ($) => binary($, $._sum, choice("+", "-"), $._product),
    _product: ($) => choice($.product, $._sign),
    product: ($) => binary($, $._product, choice("*", "/", "%"), $._sign),
    _sign: ($) => choice($.negative, $._atom),
    negative: ($) => seq("-", field("operand", $._sign)),
    _atom: ($) => choice($.integer, $.reference, $.last_index, $.parenthesized),
    reference: ($) => seq($.name, repeat(choice($.index, seq(".", $.name)))),
    index: ($) => seq("[", $._expression, "]"),
    last_index: ($) => seq(".", $.name),
    parenthesized: ($) => seq("(", $._expression, ")"),
  },
});

function binary($, left, operator, right) {
  return seq(field("left", left), field("operator", operator), field("right", right));
}

function closing($) {
  return ["END", optional($.properties), ";"];
}
