-- wrk -s wrk.lua <url> -- <bytes of body> <client id> <host> [<host> ...]
-- One host: wrk sends one text over and over. Several: in turn.

function init(args)
  local size = tonumber(args[1])
  wrk.headers["l5d-client-id"] = args[2]
  wrk.headers["Host"] = args[3]
  if size > 0 then
    wrk.method = "POST"
    wrk.body = string.rep("u", size)
    wrk.headers["Content-Type"] = "application/octet-stream"
  end
  if #args == 3 then return end

  local texts = {}
  for i = 3, #args do
    wrk.headers["Host"] = args[i]
    texts[i - 2] = wrk.format()
  end
  local turn = 0
  function request()
    turn = turn % #texts + 1
    return texts[turn]
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"microseconds":%d,"failed":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
