-- SPDX-License-Identifier: 0BSD
-- Where a walk over a table's octets is: the path to the element, the records around it, the octets left, and what
-- expressions come to there. It says what goes wrong in the words of the reference codec of tdl.

local Walk = {}
Walk.__index = Walk

Walk.MAX_OCTETS = 16777215 -- of a length or count

-- What stands for values that are not in the octets captured, and what ends a walk where these end.
Walk.UNKNOWN = {text = "not captured", unknown = true}
Walk.END = {}

local UNKNOWN = Walk.UNKNOWN

-- --- what goes wrong -------------------------------------------------------------------------------------------

function Walk.path_text(path)
  local parts = {}
  for i, step in ipairs(path) do
    if type(step) == "number" then
      parts[i] = string.format("[%d]", step)
    else
      parts[i] = (i > 1 and "." or "") .. step
    end
  end
  return table.concat(parts)
end

-- Give up, with what was expected and what was found at the octet where the walk is.
function Walk:fail(kind, expected, found)
  local element = self.key .. (#self.path > 0 and " " .. Walk.path_text(self.path) or "")
  local bit = self.bit and string.format(" bit %d", self.bit) or ""
  local found_and_expected = expected == "" and found or found .. ", " .. expected .. " expected"
  error({
    kind = kind,
    offset = self.offset,
    message = string.format("%s at octet %d%s: %s", element, self.offset, bit, found_and_expected),
  }, 0)
end

function Walk:no_value(problem)
  self:fail("arithmetic", "a value for `" .. self.expression.text .. "`", problem)
end

function Walk:missing(label)
  self:fail("missing", "a value for `" .. label .. "`", "none")
end

-- --- values of other elements -----------------------------------------------------------------------------------

local function follow(holder, path, subscripts)
  local next_ = 1
  for _, step in ipairs(path) do
    if holder == UNKNOWN then
      return UNKNOWN
    elseif step == "[]" then
      local subscript = subscripts[next_]
      next_ = next_ + 1
      holder = type(holder) == "table" and holder.elements and holder.elements[subscript + 1]
    else
      holder = type(holder) == "table" and holder.members and holder.members[step]
    end
    if holder == nil or holder == false then
      return nil
    end
  end
  return holder
end

local function plain_path(path)
  return (table.concat(path, "."):gsub("%.%[%]", "[]"))
end

-- The value at a reference.
function Walk:find(reference, subscripts)
  local found
  if reference[1] == "external" then
    found = self.environment(reference, function(record) return follow(record, reference.path, subscripts) end)
    return found == nil and self:missing(reference.label) or found
  end
  local record = self.records[#self.records - reference.up]
  found = record == nil and UNKNOWN or follow(record, reference.path, subscripts)
  if found == nil then
    self:fail("absent", "`" .. plain_path(reference.path) .. "` before this element", "none")
  elseif found == UNKNOWN then
    self:fail("missing", "`" .. plain_path(reference.path) .. "`, which is not in these octets", "none")
  end
  return found
end

function Walk:number(reference, subscripts)
  local found = self:find(reference, subscripts)
  if type(found) == "table" and found.integer then
    found = found.integer
  end
  if type(found) == "table" and found.wide then
    self:no_value(found.text .. " does not fit 53 bits")
  elseif type(found) ~= "number" then
    local what = type(found) == "table" and found.members and "a record" or "another value"
    self:fail("absent", "a number in `" .. plain_path(reference.path) .. "`", what)
  end
  return found
end

function Walk:contains(reference, subscripts, member)
  local found = self:find(reference, subscripts)
  if type(found) == "table" and found.set then
    return leaves.has(found.set, member)
  elseif type(found) == "table" and found.elements then
    for _, element in ipairs(found.elements) do
      if element == member then
        return true
      end
    end
    return false
  end
  return self:missing("a set")
end

function Walk:value(expression)
  if type(expression) == "number" then
    return expression
  end
  self.expression = expression
  return expressions.value(expression, self)
end

function Walk:text(expression)
  return type(expression) == "number" and string.format("%d", expression) or expression.text
end

function Walk:length(expression, what)
  local length = self:value(expression)
  if length < 0 or length > Walk.MAX_OCTETS then
    local found = string.format("%s = %d", self:text(expression), length)
    self:fail("dimension", string.format("a %s of 0 to %d", what, Walk.MAX_OCTETS), found)
  end
  return length
end

function Walk:form(expression)
  local form = expression and self:value(expression) or 0
  if form < 0 or form > 2 then
    self:fail("refused", "an INT_FORMAT of 0 to 2", string.format("%d", form))
  end
  return form
end

function Walk:arm(op)
  local selected = self:value(op.selector)
  for _, arm in ipairs(op.arms) do
    for i = 1, #arm.labels, 2 do
      if selected >= arm.labels[i] and selected <= arm.labels[i + 1] then
        return arm.ops
      end
    end
  end
  if not op.otherwise then
    self:fail("refused", op.refusal, string.format("%s = %d", self:text(op.selector), selected))
  end
  return op.otherwise
end

-- --- octets ------------------------------------------------------------------------------------------------------

-- Whether so many octets are there to be read: false if they lie before the ones captured. The walk ends where the
-- octets of a part end.
function Walk:there(octets)
  local stop = self.offset + octets
  if stop > self.stop then
    if not self.whole then
      error(Walk.END, 0)
    end
    local expected = string.format(octets == 1 and "%d octet" or "%d octets", octets)
    self:fail("truncated", expected, string.format("%d left", self.stop - self.offset))
  end
  return self.offset >= self.from
end

function Walk:take(octets)
  local start = self.offset - self.from
  self.offset = self.offset + octets
  return self.octets:sub(start + 1, start + octets)
end

function Walk:skip(octets)
  self.offset = self.offset + octets
  return UNKNOWN
end

-- Whether an element is shown: one that goes on from an earlier part of the table is, where it ends.
function Walk:shows(start, stop)
  return start >= self.show or stop > self.show
end

function Walk:expect_end(what)
  local left = self.stop - self.offset
  if left > 0 then
    local found = string.format(left == 1 and "%d more octet" or "%d more octets", left)
    self:fail("trailing", "the end of the " .. what, found)
  end
end

-- A walk at the start of a table: see `engine.walk`.
function Walk.start(of, payload, environment, sink)
  local from = payload.from or 0
  return setmetatable({
    key = of.key,
    octets = payload.octets,
    from = from,
    stop = from + #payload.octets,
    show = payload.show or from,
    whole = payload.whole,
    environment = environment,
    sink = sink,
    path = {},
    records = {},
    index = 0,
    offset = 0,
    steps = 0,
    empty_steps = 0,
  }, Walk)
end

return Walk
