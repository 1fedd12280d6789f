-- SPDX-License-Identifier: 0BSD
-- The arithmetic of layouts. An expression is a number, or a table whose first item says what it is.
--
-- Numbers are exact up to 2^53; what needs more is refused, never rounded.

local expressions = {}

local CALCULATIONS = {
  ["+"] = function(a, b) return a + b end,
  ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end,
  ["=="] = function(a, b) return a == b and 1 or 0 end,
  ["!="] = function(a, b) return a ~= b and 1 or 0 end,
  ["<"] = function(a, b) return a < b and 1 or 0 end,
  ["<="] = function(a, b) return a <= b and 1 or 0 end,
  [">"] = function(a, b) return a > b and 1 or 0 end,
  [">="] = function(a, b) return a >= b and 1 or 0 end,
}

local function divide(operator, a, b, walk)
  if b == 0 then
    walk:no_value("division by zero")
  end
  local rest = math.fmod(a, b)
  if operator == "%" then
    return rest
  end
  return (a - rest) / b
end

local function calculate(operator, a, b, walk)
  if operator == "/" or operator == "%" then
    return divide(operator, a, b, walk)
  end
  local result = CALCULATIONS[operator](a + 0.0, b + 0.0)
  if math.abs(result) > numbers.EXACT then
    walk:no_value(string.format("%d %s %d does not fit 53 bits", a, operator, b))
  end
  return result
end

-- The value of an expression where `walk` is.
function expressions.value(e, walk)
  if type(e) == "number" then
    return e
  end
  local kind = e[1]
  if kind == "external" or kind == "local" then
    return walk:number(e, expressions.subscripts(e, walk))
  elseif kind == "index" then
    return walk.index
  elseif kind == "contains" then
    local subscripts = expressions.subscripts(e[2], walk)
    local member = expressions.value(e[3], walk)
    return walk:contains(e[2], subscripts, member) and 1 or 0
  elseif kind == "wide" then
    return walk:no_value(e.text .. " does not fit 53 bits")
  elseif kind == "NOT" then
    return expressions.value(e[2], walk) == 0 and 1 or 0
  end
  local left = expressions.value(e[2], walk)
  if kind == "AND" or kind == "OR" then
    if (left ~= 0) == (kind == "OR") then
      return left ~= 0 and 1 or 0
    end
    return expressions.value(e[3], walk) ~= 0 and 1 or 0
  end
  return calculate(kind, left, expressions.value(e[3], walk), walk)
end

function expressions.subscripts(e, walk)
  local found = {}
  for i, each in ipairs(e.indices or {}) do
    found[i] = expressions.value(each, walk)
  end
  return found
end

return expressions
