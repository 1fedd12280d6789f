-- SPDX-License-Identifier: 0BSD
-- What single elements say. A value is a Lua number where it is an exact integer, and otherwise a table with its
-- `text` and what else is known of it: `number` (perhaps not exact), `wide`, `set`, `seconds`, `octets` that mean
-- nothing. Elements of no octets are `leaves.NONE`.

local leaves = {}

leaves.NONE = {text = "none"}

local MAX_EXPONENT = 999

function leaves.hex(octets)
  return (octets:gsub(".", function(octet) return string.format("%02X", octet:byte()) end))
end

function leaves.no_value(octets)
  return {text = leaves.hex(octets) .. " (no value)", octets = octets}
end

function leaves.text_of(value)
  return numbers.text(value)
end

-- --- text ------------------------------------------------------------------------------------------------------

local function latin_1(octets)
  return (octets:gsub("[\128-\255]", function(octet)
    local code = octet:byte()
    return string.char(192 + math.floor(code / 64), 128 + code % 64)
  end))
end

local SEQUENCES = { -- of UTF-8: how they begin, how many octets follow, and what the first of these may be
  {194, 223, 1, 128, 191}, {224, 224, 2, 160, 191}, {225, 236, 2, 128, 191}, {237, 237, 2, 128, 159},
  {238, 239, 2, 128, 191}, {240, 240, 3, 144, 191}, {241, 243, 3, 128, 191}, {244, 244, 3, 128, 143},
}

local function sequence(first)
  for _, each in ipairs(SEQUENCES) do
    if first >= each[1] and first <= each[2] then
      return each
    end
  end
end

local function is_utf_8(octets)
  local at = 1
  while at <= #octets do
    local first = octets:byte(at)
    if first < 128 then
      at = at + 1
    else
      local found = sequence(first)
      local second = octets:byte(at + 1)
      if not found or not second or second < found[4] or second > found[5] then
        return false
      end
      for i = 2, found[3] do
        local other = octets:byte(at + i)
        if not other or other < 128 or other > 191 then
          return false
        end
      end
      at = at + found[3] + 1
    end
  end
  return true
end

-- Characters that would end a line or a text are spelled.
local function printable(text)
  return (text:gsub("[\0-\31\127\\]", function(octet)
    return octet == "\\" and "\\\\" or string.format("\\x%02X", octet:byte())
  end))
end

-- Text under CHAR_FORMAT: 1 ASCII, 2 ISO 8859-1, 3 UTF-8.
function leaves.characters(octets, charset)
  if charset == 2 then
    return {text = printable(latin_1(octets))}
  elseif charset == 3 and is_utf_8(octets) or charset == 1 and not octets:find("[\128-\255]") then
    return {text = printable(octets)}
  end
  return leaves.no_value(octets)
end

function leaves.bcd(octets)
  return {text = leaves.hex(octets)}
end

function leaves.binary(octets)
  return {text = leaves.hex(octets), bytes = octets}
end

-- The members of a set, as many as Wireshark has room for.
function leaves.set(octets)
  local members, room = {}, 200
  for at = 1, #octets do
    local octet = octets:byte(at)
    for bit = 0, 7 do
      if math.floor(octet / 2 ^ bit) % 2 == 1 then
        local member = room < 0 and "..." or string.format("%d", (at - 1) * 8 + bit)
        members[#members + 1] = member
        room = room - #member - 2
        if member == "..." then
          return {text = "{" .. table.concat(members, ", ") .. "}", bytes = octets, set = octets}
        end
      end
    end
  end
  return {text = "{" .. table.concat(members, ", ") .. "}", bytes = octets, set = octets}
end

function leaves.has(set, member)
  local octet = member >= 0 and set:byte(math.floor(member / 8) + 1)
  return octet and math.floor(octet / 2 ^ (member % 8)) % 2 == 1 or false
end

-- --- decimal numbers --------------------------------------------------------------------------------------------

-- A text that spells a decimal number of bearable size, or nil.
local function spelled(text)
  local sign, whole, point, fraction, rest = text:match("^([+-]?)(%d*)(%.?)(%d*)(.*)$")
  if not sign or whole .. fraction == "" then
    return nil
  end
  local exponent = 0
  if rest ~= "" then
    exponent = tonumber(rest:match("^[eE]([+-]?%d+)$") or "")
    if not exponent then
      return nil
    end
  end
  local digits = (whole .. fraction):gsub("^0+", "")
  local lowest = exponent - #fraction
  if math.abs(lowest) > MAX_EXPONENT or digits ~= "" and math.abs(lowest + #digits - 1) > MAX_EXPONENT then
    return nil
  end
  return {text = text, number = tonumber((sign == "-" and "-" or "") .. (whole == "" and "0" or whole) .. point .. fraction
    .. (exponent ~= 0 and string.format("e%d", exponent) or ""))}
end

-- FLOAT_CHAR: a number in characters.
function leaves.char_number(octets)
  return spelled(octets:match("^ *(.-) *$")) or leaves.no_value(octets)
end

-- FIXED_BCD: besides 0 to 9 a digit is A for minus, B for a blank that counts as zero, and D for the point.
function leaves.bcd_number(octets)
  local unsigned = leaves.hex(octets):gsub("^B+", "")
  local negative = unsigned:sub(1, 1) == "A"
  local digits = "0"
  if unsigned ~= "" then
    digits = (negative and unsigned:sub(2) or unsigned):gsub("B", "0"):gsub("D", ".")
  end
  local whole, fraction = digits:match("^(%d*)%.?(%d*)$")
  local number = whole and whole .. fraction ~= "" and spelled((negative and "-" or "") .. digits)
  return number or leaves.no_value(octets)
end

return leaves
