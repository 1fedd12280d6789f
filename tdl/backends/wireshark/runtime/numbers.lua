-- SPDX-License-Identifier: 0BSD
-- Integers, floats and bits, without the operators that Lua 5.2 does not have.
--
-- Octets are Lua strings; inside this module a number is its octets, least significant first. An integer becomes a
-- Lua number where that is exact, up to 2^53, and is `wide` otherwise: {text, negative, low, high}, the halves being
-- those of its magnitude.

local numbers = {}

numbers.EXACT = 9007199254740992

local floor = math.floor

-- Octets in a table, least significant first.
local function least_first(octets, big)
  local bytes = {octets:byte(1, -1)}
  if big then
    local count = #bytes
    for i = 1, floor(count / 2) do
      bytes[i], bytes[count + 1 - i] = bytes[count + 1 - i], bytes[i]
    end
  end
  return bytes
end

local function decimal(bytes)
  local digits = {0}
  for i = #bytes, 1, -1 do
    local carry = bytes[i]
    for d = 1, #digits do
      local sum = digits[d] * 256 + carry
      digits[d] = sum % 10000000
      carry = floor(sum / 10000000)
    end
    if carry > 0 then
      digits[#digits + 1] = carry
    end
  end
  local parts = {string.format("%d", digits[#digits])}
  for d = #digits - 1, 1, -1 do
    parts[#parts + 1] = string.format("%07d", digits[d])
  end
  return table.concat(parts)
end

local function quantity(bytes, from, to)
  local sum = 0
  for i = to, from, -1 do
    sum = sum * 256 + (bytes[i] or 0)
  end
  return sum
end

local function made(bytes, negative)
  local high = quantity(bytes, 5, 8)
  local low = quantity(bytes, 1, 4)
  if high < 2097152 then
    local number = high * 4294967296 + low
    return negative and number > 0 and -number or number
  end
  return {wide = true, text = (negative and "-" or "") .. decimal(bytes), negative = negative, low = low, high = high}
end

-- The integer of so many bits. `form` is nil for one without a sign, else INT_FORMAT: 0 two's complement, 1 one's
-- complement, 2 sign and magnitude.
local function integer(bytes, width, form)
  local top = (width - 1) % 8
  local sign = 2 ^ top
  if not form or bytes[#bytes] % (sign * 2) < sign then
    return made(bytes, false)
  end
  if form == 2 then
    bytes[#bytes] = bytes[#bytes] - sign
    return made(bytes, true)
  end
  for i = 1, #bytes do
    bytes[i] = (i == #bytes and sign * 2 - 1 or 255) - bytes[i]
  end
  if form == 0 then
    for i = 1, #bytes do
      bytes[i] = bytes[i] + 1
      if i == #bytes or bytes[i] < 256 then
        break
      end
      bytes[i] = 0
    end
  end
  return made(bytes, true)
end

function numbers.integer(octets, big, form)
  return integer(least_first(octets, big), 8 * #octets, form)
end

-- Bits `low` to `low + width - 1` of a container.
function numbers.bits(octets, big, low, width, form)
  local bytes = least_first(octets, big)
  local found = {}
  local step, shift = floor(low / 8), 2 ^ (low % 8)
  for i = 1, floor((width + 7) / 8) do
    local here, above = bytes[step + i] or 0, bytes[step + i + 1] or 0
    found[i] = floor((here + above * 256) / shift) % 256
  end
  local spare = width % 8
  if spare > 0 then
    found[#found] = found[#found] % 2 ^ spare
  end
  return integer(found, width, form)
end

-- The bits of a container in groups of four as Wireshark shows them: those of the field, and a dot for each other.
function numbers.pattern(octets, big, low, width)
  local bytes = least_first(octets, big)
  local parts = {}
  for bit = 8 * #bytes - 1, 0, -1 do
    local shown = "."
    if bit >= low and bit < low + width then
      shown = floor(bytes[floor(bit / 8) + 1] / 2 ^ (bit % 8)) % 2 >= 1 and "1" or "0"
    end
    parts[#parts + 1] = shown
    if bit % 4 == 0 and bit > 0 then
      parts[#parts + 1] = " "
    end
  end
  return table.concat(parts)
end

function numbers.text(value)
  if type(value) == "table" then
    return value.text
  end
  return string.format("%d", value)
end

-- The text of an integer with its point moved so many digits to the left.
function numbers.shifted(value, decimals)
  local text = numbers.text(value)
  local sign = text:sub(1, 1) == "-" and "-" or ""
  local digits = text:sub(#sign + 1)
  digits = ("0"):rep(decimals + 1 - #digits) .. digits
  return sign .. digits:sub(1, -decimals - 1) .. "." .. digits:sub(-decimals)
end

local function shortest(value)
  for precision = 15, 17 do
    local text = string.format("%." .. precision .. "g", value)
    if tonumber(text) == value then
      return text
    end
  end
end

-- A FLOAT32 or FLOAT64 and its text.
function numbers.float(octets, big)
  local bytes = least_first(octets, big)
  local double = #bytes == 8
  local top, next_ = bytes[#bytes], bytes[#bytes - 1]
  local negative = top >= 128
  local split = double and 16 or 128
  local exponent = (top % 128) * (double and 16 or 2) + floor(next_ / split)
  local fraction = next_ % split
  for i = #bytes - 2, 1, -1 do
    fraction = fraction * 256 + bytes[i]
  end
  local bits, bias = double and 52 or 23, double and 1023 or 127
  local sign = negative and -1 or 1
  if exponent == 2 * bias + 1 then
    if fraction > 0 then
      return 0 / 0, "NaN"
    end
    return sign * math.huge, negative and "-Infinity" or "Infinity"
  end
  local value
  if exponent == 0 then
    value = fraction * 2 ^ (1 - bias - bits)
  else
    value = (fraction + 2 ^ bits) * 2 ^ (exponent - bias - bits)
  end
  return sign * value, (negative and value == 0 and "-0") or shortest(sign * value)
end

return numbers
