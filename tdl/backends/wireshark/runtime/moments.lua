-- SPDX-License-Identifier: 0BSD
-- Dates and times under each TM_FORMAT of Table 0. A moment is {text, seconds, nanoseconds}; what is no moment is nil.

local moments = {}

local floor = math.floor

local PARTS = {
  LTIME_DATE = "YMDhms", STIME_DATE = "YMDhm", HTIME_DATE = "YMDhmsc", TIME_DATE = "YMDhms", TIME = "hms",
  STIME = "hm", HTIME = "hmsc",
}

-- In hundredths of a second: the octets and unit of a count, then of what is left of that unit.
local HUNDREDTH, SECOND, MINUTE, DAY = 1, 100, 6000, 8640000
local COUNTS = {
  LTIME_DATE = {[3] = {4, MINUTE, 1, SECOND}, [4] = {4, SECOND}},
  STIME_DATE = {[3] = {4, MINUTE}, [4] = {4, SECOND}},
  HTIME_DATE = {[3] = {4, MINUTE, 2, HUNDREDTH}, [4] = {4, SECOND, 1, HUNDREDTH}},
  TIME_DATE = {[3] = {4, MINUTE, 1, SECOND}, [4] = {4, SECOND}},
  TIME = {[3] = {4, SECOND}, [4] = {4, SECOND}},
  STIME = {[3] = {2, MINUTE}, [4] = {4, SECOND}},
  HTIME = {[3] = {4, HUNDREDTH}, [4] = {4, HUNDREDTH}},
}

local LAST_DAY = 2932896 -- 9999-12-31

local function leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function days_in(year, month)
  if month == 2 then
    return leap(year) and 29 or 28
  end
  return (month == 4 or month == 6 or month == 9 or month == 11) and 30 or 31
end

-- Days since 1970-01-01; the year begins in March, so that the day that not every year has is its last.
local function days_since(year, month, day)
  local y = month <= 2 and year - 1 or year
  local m = (month + 9) % 12
  local era = floor(y / 400)
  local of_era = y - era * 400
  local of_year = floor((153 * m + 2) / 5) + day - 1
  return era * 146097 + of_era * 365 + floor(of_era / 4) - floor(of_era / 100) + of_year - 719468
end

local function date_of(days)
  local shifted = days + 719468
  local era = floor(shifted / 146097)
  local of_era = shifted - era * 146097
  local y = floor((of_era - floor(of_era / 1460) + floor(of_era / 36524) - floor(of_era / 146096)) / 365)
  local of_year = of_era - (365 * y + floor(y / 4) - floor(y / 100))
  local m = floor((5 * of_year + 2) / 153)
  local month = m < 10 and m + 3 or m - 9
  return y + era * 400 + (month <= 2 and 1 or 0), month, of_year - floor((153 * m + 2) / 5) + 1
end

local function full_year(short)
  return short <= 99 and 1990 + (short - 1990) % 100 or nil
end

local function valid(year, month, day)
  return year and month >= 1 and month <= 12 and day >= 1 and day <= days_in(year, month)
end

local function clock_text(hundredths)
  local seconds = floor(hundredths / 100)
  local text = string.format("%02d:%02d:%02d", floor(seconds / 3600), floor(seconds / 60) % 60, seconds % 60)
  local left = hundredths % 100
  return left == 0 and text or text .. string.format(".%02d0000", left)
end

-- A moment on a day since 1970 (nil for a time of day) and so many hundredths into it.
local function moment(days, hundredths)
  if not days then
    return {text = clock_text(hundredths)}
  end
  local date = string.format("%04d-%02d-%02d", date_of(days))
  return {
    text = date .. "T" .. clock_text(hundredths),
    seconds = days * 86400 + floor(hundredths / 100),
    nanoseconds = hundredths % 100 * 10000000,
  }
end

local function unsigned(octets, big)
  local sum = 0
  for i = 1, #octets do
    sum = sum * 256 + octets:byte(big and i or #octets + 1 - i)
  end
  return sum
end

local function from_parts(parts, octets, bcd)
  local found = {s = 0, c = 0}
  for i = 1, #parts do
    local octet = octets:byte(i)
    if bcd then
      if floor(octet / 16) > 9 or octet % 16 > 9 then
        return nil
      end
      octet = floor(octet / 16) * 10 + octet % 16
    end
    found[parts:sub(i, i)] = octet
  end
  if found.h > 23 or found.m > 59 or found.s > 59 or found.c > 99 then
    return nil
  end
  local hundredths = (found.h * 60 + found.m) * MINUTE + found.s * SECOND + found.c
  if not found.Y then
    return moment(nil, hundredths)
  end
  local year = full_year(found.Y)
  if not valid(year, found.M, found.D) then
    return nil
  end
  return moment(days_since(year, found.M, found.D), hundredths)
end

local function from_counts(kind, variant, octets, big)
  local counts = COUNTS[kind][variant]
  local total, start, before = 0, 1, nil
  for i = 1, #counts, 2 do
    local size, unit = counts[i], counts[i + 1]
    local part = unsigned(octets:sub(start, start + size - 1), big) * unit
    if before and part >= before then
      return nil
    end
    total, start, before = total + part, start + size, unit
  end
  local days = floor(total / DAY)
  if PARTS[kind]:sub(1, 1) == "Y" then
    return days <= LAST_DAY and moment(days, total % DAY) or nil
  end
  return days == 0 and moment(nil, total) or nil
end

local function from_date(octets, big)
  local bits = unsigned(octets, big)
  local year, month, day = full_year(bits % 128), floor(bits / 128) % 16, floor(bits / 2048)
  if not valid(year, month, day) then
    return nil
  end
  return {
    text = string.format("%04d-%02d-%02d", year, month, day),
    seconds = days_since(year, month, day) * 86400,
    nanoseconds = 0,
  }
end

function moments.read(kind, variant, octets, big)
  if kind == "DATE" then
    return from_date(octets, big)
  elseif variant <= 2 then
    return from_parts(PARTS[kind], octets, variant == 1)
  end
  return from_counts(kind, variant, octets, big)
end

return moments
