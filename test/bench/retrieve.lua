-- Random ids: wrk -s retrieve.lua URL -- IDS_FILE BATCH SEED
local ids = {}
function init(args)
  for line in io.lines(args[1]) do ids[#ids + 1] = line end
  local batch = tonumber(args[2])
  math.randomseed(tonumber(args[3]))
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/json"
  wrk.headers["authorization"] = "Bearer benchmark"
  request = function()
    if batch == 1 then
      return wrk.format(nil, "/flux/tasks", nil, '{"action":"retrieve","id":"' .. ids[math.random(#ids)] .. '"}')
    end
    local some = {}
    for at = 1, batch do some[at] = '"' .. ids[math.random(#ids)] .. '"' end
    return wrk.format(nil, "/flux/tasks", nil, '{"action":"retrieve_batch","ids":[' .. table.concat(some, ",") .. "]}")
  end
end
