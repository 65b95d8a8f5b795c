-- wrk --script load.lua URL -- FILE POST [HEADER...]: asks the lines of FILE in turn, from a random one on;
-- POST is "-" where they are paths to GET, else the path to which each line is posted as a body.
local questions = {}
local at = 0

function init(words)
  local headers = {}
  for i = 3, #words do
    local name, value = words[i]:match("^([^:]+): (.*)$")
    headers[name] = value
  end
  for line in io.lines(words[1]) do
    if words[2] == "-" then
      questions[#questions + 1] = wrk.format("GET", line, headers)
    else
      questions[#questions + 1] = wrk.format("POST", words[2], headers, line)
    end
  end
  math.randomseed(os.time())
  at = math.random(#questions)
end

function request()
  at = at % #questions + 1
  return questions[at]
end

function done(summary, latency)
  local broken = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "refused": %d, "broken": %d, "middle_ms": %f, "slow_ms": %f}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status, broken,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
