-- Decodes payloads with a generated dissector outside Wireshark: `lua FILE PLUGIN CASES`. Of each element it writes a
-- line: its label, offset, octets, lowest bit, width and text, with tabs between them.

local plugin = assert(loadfile(arg[1]))()
local cases = assert(loadfile(arg[2]))()

local function line(...)
  io.write(table.concat({...}, "\t"), "\n")
end

local function text_of(value)
  return type(value) == "table" and value.text or plugin.numbers.text(value)
end

local sink = {open = function() end, close = function() end}

function sink:leaf(op, label, offset, octets, value)
  line("leaf", label, string.format("%d\t%d", offset, octets), "", "", text_of(value))
end

function sink:field(op, label, offset, octets, big, value)
  line("leaf", label, string.format("%d\t%d\t%d\t%d", offset, #octets, op.low, op.width), text_of(value))
end

for _, case in ipairs(cases) do
  local of = plugin.definition.tables[case.key]
  local environment = plugin.session.environment({}, case.records)
  local problem
  if case.indices then
    problem = plugin.engine.elements(of, case.payload, case.indices, case.elements, environment, sink)
  else
    problem = select(2, plugin.engine.walk(of, case.payload, environment, sink))
  end
  line("end", problem and problem.message or "")
end
