-- SPDX-License-Identifier: 0BSD
-- The walk over a table's plan: which octets are which element, and what they say.
--
-- It says the same as the reference codec of tdl, and of the same octet where something does not fit. Its cost is
-- bounded whatever the octets say: see MAX_STEPS.

local engine = {}

local unpack = table.unpack
local UNKNOWN = Walk.UNKNOWN

engine.MAX_STEPS = 131072 -- ops that one payload may take
engine.MAX_EMPTY_STEPS = 1048576

-- --- single elements ---------------------------------------------------------------------------------------------

local function integer_value(op, octets, big, form)
  local value = numbers.integer(octets, big, form)
  if op.decimals then
    local text = numbers.shifted(value, op.decimals)
    return {text = text, number = tonumber(text)}
  end
  return value
end

local READ = {}

function READ.take(walk, op)
  local there = walk:there(op.octets)
  local big = walk:value(op.order) == 1
  local form = walk:form(op.form)
  if not there then
    return walk:skip(op.octets)
  end
  local octets = walk:take(op.octets)
  if op.kind == "float" then
    local number, text = numbers.float(octets, big)
    return {text = text, number = number}
  end
  return integer_value(op, octets, big, op.kind == "int" and form or nil)
end

function READ.bytes(walk, op)
  local length = walk:length(op.length, "length")
  local there = walk:there(length)
  local charset = op.form == "text" and walk:value(op.charset)
  if not there then
    return walk:skip(length)
  end
  local octets = walk:take(length)
  return charset and leaves.characters(octets, charset) or leaves[op.form](octets)
end

function READ.builtin(walk, op)
  local there = walk:there(op.octets)
  local big = walk:value(op.order) == 1
  if not there then
    return walk:skip(op.octets)
  end
  local octets = walk:take(op.octets)
  if op.octets == 0 then
    return leaves.NONE
  elseif op.kind == "FLOAT_CHAR" then
    return leaves.char_number(octets)
  elseif op.kind == "FIXED_BCD" then
    return leaves.bcd_number(octets)
  elseif op.kind == "RDATE" then
    return numbers.integer(octets, big)
  end
  return moments.read(op.kind, op.variant, octets, big) or leaves.no_value(octets)
end

function READ.opaque(walk, op)
  local length = math.min(walk:length(op.limit, "limit"), walk.stop - walk.offset)
  if walk.offset < walk.from then
    return walk:skip(length)
  end
  return leaves.binary(walk:take(length))
end

-- --- ops ---------------------------------------------------------------------------------------------------------

local MAKE = {}

-- Put a value where it belongs: into the record or the array around it.
local function keep(op, into, value)
  if into.elements then
    into.elements[#into.elements + 1] = value
  else
    into.members[op.name] = value
  end
end

-- What an element is called where it stands: its name, or in an array that of the array and its position.
local function label(walk, op)
  if op.name then
    return op.name
  end
  local path, position = walk.path, #walk.path
  while type(path[position]) == "number" do
    position = position - 1
  end
  return (path[position] or walk.key) .. Walk.path_text({unpack(path, position + 1)})
end

function Walk:run(ops, into)
  for _, op in ipairs(ops) do
    self:op(op, into)
  end
end

-- Run one op; the value it makes goes into the record or array around it.
function Walk:op(op, into)
  self.steps = self.steps + 1
  if self.steps > engine.MAX_STEPS then
    self:fail("steps", string.format("at most %d elements", engine.MAX_STEPS), "more")
  end
  if op.op == "when" then
    self:run(self:value(op.condition) ~= 0 and op.yes or op.no, into)
  elseif op.op == "choose" then
    local path = self.path
    if op.atomic_name then
      path[#path + 1] = op.atomic_name
    end
    local ops = self:arm(op)
    if op.atomic_name then
      path[#path] = nil
    end
    self:run(ops, into)
  else
    local path = self.path
    if op.name then
      path[#path + 1] = op.name
    end
    local make = MAKE[op.op]
    if make then
      make(self, op, into)
    else
      self:leaf(op, into)
    end
    if op.name then
      path[#path] = nil
    end
  end
end

function Walk:leaf(op, into)
  local start = self.offset
  local value = READ[op.op](self, op)
  keep(op, into, value)
  if value ~= UNKNOWN and self:shows(start, self.offset) then
    self.sink:leaf(op, label(self, op), start, self.offset - start, value)
  end
end

function MAKE.group(walk, op, into)
  local record = {members = {}}
  keep(op, into, record)
  walk.records[#walk.records + 1] = record
  walk.sink:open(op, label(walk, op), walk.offset)
  walk:run(op.ops, record)
  walk.sink:close(walk.offset)
  walk.records[#walk.records] = nil
end

MAKE["repeat"] = function(walk, op, into)
  local count = walk:length(op.count, "count")
  if op.empty_body then
    walk.empty_steps = walk.empty_steps + count
    if walk.empty_steps > engine.MAX_EMPTY_STEPS then
      walk:fail("steps", string.format("at most %d elements without octets", engine.MAX_EMPTY_STEPS), "more")
    end
  end
  local values = {elements = {}}
  keep(op, into, values)
  local outer, path = walk.index, walk.path
  walk.sink:open(op, label(walk, op), walk.offset)
  walk.index = 0
  path[#path + 1] = 0
  for i = 0, count - 1 do
    walk.index, path[#path] = i, i
    walk:op(op.body, values)
  end
  path[#path] = nil
  walk.sink:close(walk.offset)
  walk.index = outer
end

-- --- bit fields --------------------------------------------------------------------------------------------------

local function field_value(walk, op, octets, big, form)
  local value = numbers.bits(octets, big, op.low, op.width, op.kind == "int" and form or nil)
  if op.kind == "bool" and type(value) == "number" and value < 2 then
    return {text = value == 1 and "true" or "false", integer = value, flag = true}
  end
  return value
end

local function fields(walk, ops, record, octets, big)
  for _, op in ipairs(ops) do
    walk.steps = walk.steps + 1
    if op.op == "field" then
      local path = walk.path
      path[#path + 1] = op.name
      walk.bit = op.low
      local form = walk:form(op.form)
      local value = octets and field_value(walk, op, octets, big, form) or UNKNOWN
      record.members[op.name] = value
      if octets and walk:shows(walk.offset, walk.offset + #octets) then
        walk.sink:field(op, op.name, walk.offset, octets, big, value)
      end
      walk.bit = nil
      path[#path] = nil
    elseif op.op == "when" then
      fields(walk, walk:value(op.condition) ~= 0 and op.yes or op.no, record, octets, big)
    elseif op.op == "choose" then
      fields(walk, walk:arm(op), record, octets, big)
    end
  end
end

function MAKE.bits(walk, op, into)
  local there = walk:there(op.octets)
  local big = walk:value(op.order) == 1
  local start = walk.offset
  local octets = there and walk.octets:sub(start - walk.from + 1, start - walk.from + op.octets)
  local record = {members = {}}
  keep(op, into, record)
  walk.records[#walk.records + 1] = record
  walk.sink:open(op, label(walk, op), start)
  fields(walk, op.fields, record, octets, big)
  walk.offset = start + op.octets
  walk.sink:close(walk.offset)
  walk.records[#walk.records] = nil
end

-- --- elements by index -------------------------------------------------------------------------------------------

local UNKNOWN_RECORD = {members = setmetatable({}, {__index = function() return UNKNOWN end})}

-- The list that holds the member at an index, and its place there; branches count whether they are taken or not.
local function member_at(ops, index)
  for place, op in ipairs(ops) do
    if op.at == index and (op.op ~= "when" and (op.op ~= "choose" or op.atomic)) then
      return ops, place
    end
    local branches = {op.yes, op.no, op.otherwise}
    for _, arm in ipairs(op.arms or {}) do
      branches[#branches + 1] = arm.ops
    end
    for _, branch in pairs(branches) do
      local found, at = member_at(branch, index)
      if found then
        return found, at
      end
    end
  end
end

-- Go down to the element that indices lead to. Returns what makes the element that lies so many behind it.
local function descend(walk, op, indices)
  local successor
  for level, index in ipairs(indices) do
    if op.op == "group" then
      walk.records[#walk.records + 1] = UNKNOWN_RECORD
      local ops, place = member_at(op.ops, index)
      if not ops then
        return nil
      end
      successor = function(behind) return ops[place + behind] end
    elseif op.op == "repeat" then
      local body, path, last = op.body, walk.path, #walk.path + 1
      successor = function(behind)
        walk.index, path[last] = index + behind, index + behind
        return body
      end
    else
      return nil
    end
    op = successor(0)
    if level < #indices and op.name then
      walk.path[#walk.path + 1] = op.name
    end
  end
  return successor
end

-- --- the ways in ---------------------------------------------------------------------------------------------------

-- Run a part of a walk. Returns the problem that ended it, if one did.
local function ended(walk, part)
  local fine, problem = pcall(part)
  if fine or problem == Walk.END then
    return nil
  elseif type(problem) ~= "table" then
    return {kind = "internal", offset = walk.offset, message = "internal error: " .. tostring(problem)}
  end
  return problem
end

-- Walk over octets of a table.
--
-- payload: {octets, from = the offset of the first of them, whole = whether the table ends with them, show = the
-- offset of the first that is shown}. environment: a function from a reference to the value that `find` finds in the
-- record of the table that holds it. sink: what is told of each element.
--
-- Returns the record, and the problem that ended the walk, if one did: {kind, offset, message}.
function engine.walk(of, payload, environment, sink)
  local walk = Walk.start(of, payload, environment, sink)
  local top = {elements = {}}
  local problem = ended(walk, function()
    walk:op(of.plan(), top)
    walk:expect_end("table")
  end)
  return top.elements[1], problem
end

-- Walk over the octets of so many elements from the one on that indices lead to, nil for as many as there are.
--
-- What lies before them is not known, so that a layout that depends on it is a problem. Returns the problem, if any.
function engine.elements(of, payload, indices, count, environment, sink)
  local walk = Walk.start(of, {octets = payload.octets, whole = true}, environment, sink)
  sink:open(of.plan(), of.key, 0)
  return ended(walk, function()
    local successor = descend(walk, of.plan(), indices)
    local behind, into = 0, {elements = {}}
    while count and behind < count or not count and walk.offset < walk.stop do
      local op = successor and successor(behind)
      if not op or op.op == "when" or op.op == "choose" and not op.atomic then
        walk:fail("unknown", "indices of an element", "indices " .. table.concat(indices, "."))
      end
      walk:op(op, into)
      behind = behind + 1
    end
    walk:expect_end("elements")
  end)
end

return engine
