-- SPDX-License-Identifier: 0BSD
-- The records that procedures carry in Tables 7 and 8: parameters and responses.

local procedures = {}

local unpack = table.unpack

local CONTENT = {[7] = {"PARM", "parameter"}, [8] = {"RESP_DATA", "response"}}

local function integer(value)
  return type(value) == "table" and value.integer or type(value) == "number" and value or nil
end

-- The number of a procedure, and whether it is the manufacturer's; some documents have both as one number.
local function numbered(code)
  if type(code) == "number" then
    return code % 2048, math.floor(code / 2048) % 2
  elseif type(code) == "table" and code.members then
    local members = code.members
    return integer(members.TBL_PROC_NBR), integer(members.STD_VS_MFG_FLAG or members.MFG_FLAG) or 0
  end
end

-- The table of a definition that lays out what a decoded Table 7 or 8 carries, and the octets; nil if there is none.
function procedures.content(tables, id, record)
  local element, role = unpack(CONTENT[id] or {})
  local held = element and record.members and record.members[element]
  local number, manufacturer = numbered(held and record.members.PROC)
  if not number or not held.bytes or #held.bytes == 0 then
    return nil
  end
  return tables[string.format("%s%d.%s", manufacturer == 1 and "MP" or "SP", number, role)], held.bytes
end

-- The problem of a record in octets of fixed size: zeros behind the record are none.
function procedures.problem(problem, octets)
  if problem and problem.kind == "trailing" and not octets:find("[^\0]", problem.offset + 1) then
    return nil
  end
  return problem
end

return procedures
