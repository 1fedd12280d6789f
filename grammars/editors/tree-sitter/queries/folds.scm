[
  (record)
  (bit_field)
  (enumeration)
  (if_block)
  (else_part)
  (switch_block)
  (case_block)
  (modify_type)
  (modify_table)
  (modify_procedure)
  (modify_document)
  (comment)
] @fold
