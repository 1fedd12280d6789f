-- SPDX-License-Identifier: 0BSD
-- What is known of each meter from the traffic so far: which request a response answers, the values that layouts
-- depend on, and the tables that are read in parts. Nothing here knows Wireshark.
--
-- A message is {from, to, calling, title, id, called, services}: its endpoints, the calling and the called title, its
-- own invocation id and the one it answers, either nil. A service is {response, code, octets}, without the code in the octets.
--
-- What comes of a message is a list of finds:
--   service    its place in the message
--   id         the table's identifier
--   verb       "read" or "write"
--   start      where the table's octets begin in those of the service
--   payload    what `engine.walk` takes, or nil if there is nothing to decode
--   problems   {at = place in the service's octets, kind, message}

local session = {}

session.MAX_REQUESTS = 64 -- kept open in one conversation
session.MAX_PIECES = 256 -- that one table may be read in
session.MAX_IMAGE = 262144 -- octets of a table that is read in pieces

local Session = {}
Session.__index = Session

local SILENT = {leaf = function() end, field = function() end, open = function() end, close = function() end}

-- `tables` is by identifier, `limiting` has the identifiers of those that layouts depend on, and `values` is what is
-- known of every meter, by label.
function session.new(tables, limiting, values)
  return setmetatable({tables = tables, limiting = limiting, values = values, conversations = {}}, Session)
end

-- What looks up references: the values known of every meter first, then those of a meter's own tables.
function session.environment(values, records)
  return function(reference, followed)
    local value = values[reference.label]
    if value ~= nil then
      return value
    end
    local record = records[reference.table]
    return record and followed(record)
  end
end

-- --- services ------------------------------------------------------------------------------------------------------

local function number(octets, at, size)
  local sum = 0
  for i = at + 1, at + size do
    local octet = octets:byte(i)
    if not octet then
      return nil
    end
    sum = sum * 256 + octet
  end
  return sum
end

-- What a request asks for: nil for one that moves no table, or that ends too early.
local function asked(service)
  local code, octets = service.code, service.octets
  local verb = code >= 0x30 and code <= 0x3F and "read" or code >= 0x40 and code <= 0x4F and "write"
  local id = verb and number(octets, 0, 2)
  if not id then
    return nil
  end
  local form = code % 16
  local found = {verb = verb, id = id, at = 2}
  if form == 15 then
    found.offset = number(octets, 2, 3)
    found.at = 5
    return found.offset and found
  elseif form >= 1 and form <= 9 then
    found.indices = {}
    for i = 1, form do
      found.indices[i] = number(octets, 2 * i, 2)
    end
    found.at = 2 + 2 * form
    if verb == "read" then
      found.elements = number(octets, found.at, 2)
      return found.elements and found
    end
    return #found.indices == form and found
  end
  return form == 0 and found
end

local function checksum(octets)
  local sum = 0
  for i = 1, #octets do
    sum = sum + octets:byte(i)
  end
  return (256 - sum % 256) % 256
end

-- The octets behind a count, and where they begin.
local function counted(octets, at, problems)
  local count = number(octets, at, 2)
  local start = at + 2
  if not count then
    problems[#problems + 1] = {at = math.min(at, #octets), kind = "count", message = "no count"}
    return nil
  end
  local found = octets:sub(start + 1, start + count)
  local given = octets:byte(start + count + 1)
  if #found < count then
    local message = string.format("%d octets, a count of %d said", #found, count)
    problems[#problems + 1] = {at = at, kind = "count", message = message}
  elseif given and given ~= checksum(found) then
    local message = string.format("checksum %02X, %02X expected", given, checksum(found))
    problems[#problems + 1] = {at = start + count, kind = "checksum", message = message}
  end
  return found, start, #found == count
end

-- --- what is known of a meter --------------------------------------------------------------------------------------

local function meter(conversation, title)
  local found = conversation.meters[title]
  if not found then
    found = {records = {}, images = {}}
    conversation.meters[title] = found
  end
  return found
end

-- Learn a whole table's values. What does not fit its layout, or is not whole (nil), makes the values unknown.
function Session:learn(known, id, octets)
  local of = self.tables[id]
  if not of or not self.limiting[id] then
    return
  end
  local record, problem
  if octets then
    local environment = session.environment(self.values, known.records)
    record, problem = engine.walk(of, {octets = octets, whole = true}, environment, SILENT)
  end
  local records = {}
  for each, held in pairs(known.records) do
    records[each] = held
  end
  records[id] = not problem and record or nil
  known.records = records -- a new one: finds hold the one of their time
end

-- A part of a table behind those parts that came in order from its start, if it goes on there.
function Session:piece(known, id, offset, octets)
  local image = known.images[id]
  if offset == 0 then
    image = {parts = {}, octets = 0}
    known.images[id] = image
  elseif not image or image.octets ~= offset then
    return nil
  end
  if #image.parts >= session.MAX_PIECES or image.octets + #octets > session.MAX_IMAGE then
    known.images[id] = nil
    return nil
  end
  image.parts[#image.parts + 1] = octets
  image.octets = image.octets + #octets
  return image
end

-- --- messages ------------------------------------------------------------------------------------------------------

-- What is found in a service, with the values known now.
function Session:find(known, place, request, octets, start, complete, problems)
  local made = {
    service = place, id = request.id, verb = request.verb, start = start, problems = problems,
    indices = request.indices, elements = request.elements,
  }
  if octets then
    made.payload = {octets = octets, from = request.offset or 0, whole = complete and not request.offset}
  end
  made.environment = session.environment(self.values, known.records)
  return made
end

-- Which request each response answers: by position. A Security service may go without a response of its own.
local function pair(requests, responses)
  if #requests == #responses then
    return requests
  end
  local others = {}
  for _, request in ipairs(requests) do
    if request.code ~= 0x51 then
      others[#others + 1] = request
    end
  end
  if #others == #responses then
    return others
  end
  local last = responses[#responses]
  return #responses < #requests and last.code ~= 0 and requests or nil
end

-- The request with the invocation id that a response names: from where the response goes to, or else of the title that
-- it goes to. Without an id, the only one that is open.
local function open_request(conversation, message)
  local found, others
  for _, request in ipairs(conversation.requests) do
    if message.called and request.id == message.called then
      if request.from == message.to then
        return request
      elseif request.calling == message.title then
        found = request
      end
    elseif not message.called and not request.answered and request.from == message.to then
      others, found = found ~= nil, request
    end
  end
  return not others and found or nil
end

function Session:answered(conversation, message)
  local request = open_request(conversation, message)
  local requests = request and pair(request.services, message.services)
  local finds = {}
  if request then
    request.answered = true
  end
  for place, response in ipairs(message.services) do
    local service = requests and requests[place]
    local sought = service and service.asked
    if sought and response.code == 0 then
      local known = meter(conversation, request.title)
      if sought.verb == "read" then
        finds[#finds + 1] = self:read(known, place, sought, response)
      else
        self:learn(known, sought.id, sought.written)
      end
    elseif not service and response.code == 0 and #response.octets > 2 then
      local problem = {at = 0, kind = "unpaired", message = "which table this is, is not known without its request"}
      finds[#finds + 1] = {service = place, verb = "read", start = 0, problems = {problem}}
    end
  end
  return finds
end

function Session:read(known, place, sought, response)
  local problems = {}
  local octets, start, complete = counted(response.octets, 0, problems)
  local made = self:find(known, place, sought, octets, start, complete, problems)
  if sought.indices then
    return made
  elseif not sought.offset then
    self:learn(known, sought.id, complete and octets or nil)
    return made
  end
  local image = complete and self:piece(known, sought.id, sought.offset, octets)
  if image then
    made.image, made.parts = image, #image.parts
    if self.limiting[sought.id] then
      self:learn(known, sought.id, table.concat(image.parts))
    end
  end
  return made
end

-- Keep a request until enough others have come; one of the same invocation id takes its place.
local function keep_open(conversation, message)
  local requests = conversation.requests
  for place, request in ipairs(requests) do
    if request.from == message.from and request.id == message.id then
      table.remove(requests, place)
      break
    end
  end
  requests[#requests + 1] = message
  if #requests > session.MAX_REQUESTS then
    table.remove(requests, 1)
  end
end

function Session:requested(conversation, message)
  local finds = {}
  for place, service in ipairs(message.services) do
    local sought = asked(service)
    service.asked = sought
    if sought and sought.verb == "write" then
      local problems = {}
      local octets, start, complete = counted(service.octets, sought.at, problems)
      sought.written = complete and not sought.offset and not sought.indices and octets or nil
      local known = meter(conversation, message.title)
      finds[#finds + 1] = self:find(known, place, sought, octets, start, complete, problems)
    end
  end
  keep_open(conversation, message)
  return finds
end

-- What a message brings; to be told of each message once, in the order of the capture.
function Session:message(message)
  local ends = {message.from, message.to}
  table.sort(ends)
  local key = table.concat(ends, " ")
  local conversation = self.conversations[key]
  if not conversation then
    conversation = {requests = {}, meters = {}}
    self.conversations[key] = conversation
  end
  if #message.services == 0 then
    return {}
  elseif message.services[1].response then
    return self:answered(conversation, message)
  end
  return self:requested(conversation, message)
end

-- The payload of a find as `engine.walk` takes it, with the parts that came before it.
function session.payload(found)
  if not found.image then
    return found.payload
  end
  local octets = table.concat(found.image.parts, "", 1, found.parts)
  return {octets = octets, from = 0, whole = false, show = found.payload.from}
end

return session
