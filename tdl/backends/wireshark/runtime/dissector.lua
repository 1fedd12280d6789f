-- SPDX-License-Identifier: 0BSD
-- The post-dissector: takes services from what Wireshark's own dissector of C12.22 found, and shows their tables.

local definition = ...

local proto = Proto(definition.prefix, "ANSI C12.19 tables of " .. definition.name .. " (" .. definition.prefix .. ")")

-- --- fields --------------------------------------------------------------------------------------------------------

local prefix = definition.prefix .. "."
local fields = {
  table_ = ProtoField.uint16(prefix .. "table", "Table", base.HEX),
  offset = ProtoField.uint24(prefix .. "offset", "Offset", base.DEC),
  error = ProtoField.string(prefix .. "error", "Error"),
  raw = ProtoField.bytes(prefix .. "raw", "Octets without a value"),
}

local experts = {
  malformed = ProtoExpert.new(
    prefix .. "malformed", "the octets do not fit the table", expert.group.MALFORMED, expert.severity.ERROR),
  checksum = ProtoExpert.new(
    prefix .. "checksum", "the octets do not have their checksum", expert.group.CHECKSUM, expert.severity.WARN),
  undecoded = ProtoExpert.new(
    prefix .. "undecoded", "what the table depends on is not known", expert.group.UNDECODED, expert.severity.NOTE),
}

local UNDECODED = {missing = true, unpaired = true, unknown = true}

local function proto_field(described)
  local kind, filter, name = described.type, described.filter, described.name
  if kind == "absolute_time" then
    return ProtoField.absolute_time(filter, name, base.UTC)
  elseif kind:find("int") then
    return ProtoField[kind](filter, name, base.DEC, described.names)
  end
  return ProtoField[kind](filter, name)
end

local made = {}
local function register()
  local all, all_experts = {}, {}
  for _, each in pairs(fields) do
    all[#all + 1] = each
  end
  for number, described in ipairs(definition.fields) do
    made[number] = proto_field(described)
    all[#all + 1] = made[number]
  end
  for _, each in pairs(experts) do
    all_experts[#all_experts + 1] = each
  end
  proto.fields = all
  proto.experts = all_experts
end
register()

proto.prefs.values = Pref.string(
  "Values", "", "What is known of every meter, as LABEL = number; {1, 2} is a set. It stands before what meters say.")

-- The preference as values by label.
local function known_values(text)
  local values = {}
  for label, value in text:gmatch("([^=;]+)=([^;]+)") do
    label = label:match("^%s*(.-)%s*$")
    local members = value:match("{(.*)}")
    if members then
      values[label] = {elements = {}}
      for member in members:gmatch("%d+") do
        table.insert(values[label].elements, tonumber(member))
      end
    else
      values[label] = tonumber(value)
    end
  end
  return values
end

-- --- what is shown -------------------------------------------------------------------------------------------------

local Sink = {}
Sink.__index = Sink

-- The octets of an element in what Wireshark captured; those of an earlier part of the table are elsewhere.
function Sink:range(offset, octets)
  local first = math.min(math.max(self.base + offset, self.first), self.stop)
  local last = math.min(math.max(self.base + offset + octets, first), self.stop)
  return self.source(first, last - first)
end

-- The item that holds the next one: records come into being with their first element.
function Sink:parent()
  local level = #self.levels
  while level > 0 and not self.levels[level].item do
    level = level - 1
  end
  local item = level > 0 and self.levels[level].item or self.item
  for each = level + 1, #self.levels do
    local record = self.levels[each]
    item = item:add(made[record.op.field], self:range(record.offset, 0))
    item:set_text(record.label)
    record.item = item
  end
  return item
end

function Sink:open(op, label, offset)
  if self.started then
    self.levels[#self.levels + 1] = {op = op, label = label, offset = offset}
  end
  self.started = true -- the first is the table itself
  self.depth = self.depth + 1
end

function Sink:close(offset)
  self.depth = self.depth - 1
  if self.depth > 0 then
    local record = table.remove(self.levels)
    if record.item then
      local start = math.max(record.offset, self.show)
      record.item:set_len(math.max(0, offset - start))
    end
  end
end

local function code_name(list, value)
  for _, code in ipairs(definition.codes[list] or {}) do
    if value >= code[1] and value <= code[2] then
      return code[3]
    end
  end
end

local function described(op, value)
  local text = type(value) == "table" and value.text or numbers.text(value)
  if op.codes and type(value) == "number" then
    local name = code_name(op.codes, value)
    text = name and text .. " (" .. name .. ")" or text
  end
  return op.unit and text .. " " .. op.unit or text
end

local function integer_64(value, signed)
  if type(value) == "number" then
    return (signed and Int64 or UInt64)(value)
  elseif not signed then
    return UInt64(value.low, value.high)
  end
  local magnitude = Int64(value.low, value.high)
  return value.negative and -magnitude or magnitude
end

-- What Wireshark compares with in filters; nil where there is none.
local function filter_value(kind, value)
  if type(value) == "table" and (value.octets or value == leaves.NONE) then
    return nil
  elseif kind == "double" then
    return type(value) == "number" and value or value.number or (value.high * 4294967296 + value.low)
      * (value.negative and -1 or 1)
  elseif kind == "absolute_time" then
    return NSTime(value.seconds, value.nanoseconds)
  elseif kind == "string" then
    return value.text
  elseif kind == "bool" then
    return (type(value) == "number" and value or value.integer) ~= 0
  elseif kind == "uint64" or kind == "int64" then
    return integer_64(value, kind == "int64")
  end
  return type(value) == "number" and value or value.integer
end

local function add(parent, op, range, value, text)
  local kind, item = definition.fields[op.field].type, nil
  if kind == "bytes" then -- only those that are all here: Wireshark takes them from the frame
    item = parent:add(range:len() == #value.bytes and made[op.field] or fields.raw, range)
  else
    local comparable = filter_value(kind, value)
    item = comparable == nil and parent:add(fields.raw, range) or parent:add(made[op.field], range, comparable)
  end
  item:set_text(text)
end

function Sink:leaf(op, label, offset, octets, value)
  add(self:parent(), op, self:range(offset, octets), value, label .. ": " .. described(op, value))
end

function Sink:field(op, label, offset, octets, big, value)
  local text = numbers.pattern(octets, big, op.low, op.width) .. " = " .. label .. ": " .. described(op, value)
  add(self:parent(), op, self:range(offset, #octets), value, text)
end

local function show_problem(item, range, problem)
  local kind = UNDECODED[problem.kind] and "undecoded" or experts[problem.kind] and problem.kind or "malformed"
  local error_item = item:add(fields.error, range, problem.message)
  error_item:set_text(problem.message)
  error_item:add_proto_expert_info(experts[kind], problem.message)
end

local function show_problem_at(sink, problem)
  local at = math.max(math.min(sink.base + problem.offset, sink.stop - 1), sink.first)
  show_problem(sink.item, sink.source(at, 1), problem)
end

-- A sink for octets that begin at `first` in what was captured, and at `from` in their table.
local function sink_for(item, source, first, stop, from)
  return setmetatable({
    item = item, source = source, base = first - from, first = first, stop = stop, show = from, levels = {}, depth = 0,
  }, Sink)
end

-- Show the record of a procedure that stands at the end of a decoded Table 7 or 8.
local function show_procedure(found, record, sink)
  local of, octets = procedures.content(definition.tables, found.id, record)
  if not of then
    return
  end
  local first = sink.first + #found.payload.octets - #octets
  local item = sink.item:add(made[of.plan().field], sink.source(first, #octets))
  item:set_text(of.key .. " " .. of.name)
  local inner = sink_for(item, sink.source, first, first + #octets, 0)
  local _, problem = engine.walk(of, {octets = octets, whole = true}, found.environment, inner)
  problem = procedures.problem(problem, octets)
  if problem then
    show_problem_at(inner, problem)
  end
end

local function show_payload(found, of, sink)
  local payload, problem, record = session.payload(found), nil, nil
  if found.indices then
    problem = engine.elements(of, payload, found.indices, found.elements, found.environment, sink)
  else
    record, problem = engine.walk(of, payload, found.environment, sink)
  end
  if problem then
    show_problem_at(sink, problem)
  elseif record and payload.whole then
    show_procedure(found, record, sink)
  end
end

-- Show what was found in a service, whose octets begin at `start` in what was captured.
local function show(found, service, tree)
  local source, start = service.source, service.start
  local stop = math.min(start + #service.octets, source:len())
  local of = found.id and definition.by_id[found.id]
  local name = of and of.key .. " " .. of.name or found.id and string.format("table 0x%04X", found.id) or "no table"
  local item = tree:add(proto, source(start, stop - start), "ANSI C12.19: " .. name .. " (" .. found.verb .. ")")
  if found.id then
    item:add(fields.table_, found.id):set_generated()
  end
  for _, problem in ipairs(found.problems) do
    local at = math.max(math.min(start + problem.at, stop - 1), 0)
    show_problem(item, source(at, 1), problem)
  end
  if not found.payload then
    return
  elseif not of then
    local problem = {kind = "unknown", message = name .. " is not in " .. definition.name}
    show_problem(item, source(start, stop - start), problem)
    return
  end
  local from = found.payload.from
  if from > 0 then
    item:add(fields.offset, from):set_generated()
  end
  show_payload(found, of, sink_for(item, source, start + found.start, stop, from))
end

-- --- what was captured ---------------------------------------------------------------------------------------------

local is_c1222 = Field.new("c1222")
local wanted = {}
local function want(names)
  for _, name in ipairs(names) do
    wanted[name] = Field.new(name)
  end
end
want({
  "c1222.cmd", "c1222.err", "c1222.data", "c1222.calling_AP_invocation_id",
  "c1222.called_AP_invocation_id", "c1222.called_ap_title_abs", "c1222.called_ap_title_rel",
  "c1222.calling_ap_title_abs", "c1222.calling_ap_title_rel", "c1222.read.table", "c1222.read.offset", "c1222.read.count", "c1222.write.table", "c1222.write.offset", "c1222.write.size",
  "c1222.write.data", "c1222.write.chksum", "c1222.procedure.num", "c1222.procedure.sequence",
})

local OF_MESSAGE = {
  ["c1222.calling_AP_invocation_id"] = "id",
  ["c1222.called_AP_invocation_id"] = "called",
  ["c1222.called_ap_title_abs"] = "title",
  ["c1222.called_ap_title_rel"] = "title",
  ["c1222.calling_ap_title_abs"] = "calling",
  ["c1222.calling_ap_title_rel"] = "calling",
}

-- Take in one field. A field of a service lies behind its code, and the last one ends it.
local function take_field(message, info)
  local services, stop = message.services, info.offset + info.len
  if info.name == "c1222.cmd" or info.name == "c1222.err" then
    local response = info.name == "c1222.err"
    services[#services + 1] = {
      response = response, code = info.value, source = info.source, start = stop, stop = stop,
    }
  elseif OF_MESSAGE[info.name] then
    message[OF_MESSAGE[info.name]] = tostring(info)
  elseif #services > 0 then
    services[#services].stop = math.max(services[#services].stop, stop)
  end
end

-- The messages of a frame.
local function messages_of(pinfo)
  local messages = {}
  local from = string.format("%s:%d/%d", tostring(pinfo.src), pinfo.src_port, pinfo.port_type)
  local to = string.format("%s:%d/%d", tostring(pinfo.dst), pinfo.dst_port, pinfo.port_type)
  for _, info in ipairs({all_field_infos()}) do
    if info.name == "c1222" then
      messages[#messages + 1] = {from = from, to = to, title = "", calling = "", services = {}}
    elseif #messages > 0 and wanted[info.name] then
      take_field(messages[#messages], info)
    end
  end
  for _, message in ipairs(messages) do
    for _, service in ipairs(message.services) do
      local length = math.min(service.stop, service.source:len()) - service.start
      service.octets = length > 0 and service.source(service.start, length):bytes():raw() or ""
    end
  end
  return messages
end

local known, frames

function proto.init()
  known = session.new(definition.by_id, definition.limiting, known_values(proto.prefs.values))
  frames = {}
end

function proto.dissector(_, pinfo, tree)
  if not is_c1222() then
    return
  end
  local messages = messages_of(pinfo)
  local finds = frames[pinfo.number]
  if not finds then
    finds = {}
    for place, message in ipairs(messages) do
      finds[place] = known:message(message)
    end
    frames[pinfo.number] = finds
  end
  for place, message in ipairs(messages) do
    for _, found in ipairs(finds[place] or {}) do
      local service = message.services[found.service]
      if service then
        show(found, service, tree)
      end
    end
  end
end

register_postdissector(proto, true) -- all fields: in a first pass Wireshark would make those of its filters alone
