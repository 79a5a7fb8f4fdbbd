# What every program here needs: one line of JSON for each check.

require "json"

DENIED = /No rule of the upstream|k8s-egress: request-denied/

# The address in the cluster of a host outside.
def egress(host)
  "http://#{host}.egress.local"
end

def check(name)
  yield
  puts JSON.generate({ check: name, ok: true })
rescue StandardError => error
  puts JSON.generate({ check: name, ok: false, detail: "#{error.class}: #{error.message}"[0, 600] })
end

def equal(actual, expected)
  raise "#{actual.inspect} is not #{expected.inspect}" unless actual == expected
end

def match(text, pattern)
  raise "#{pattern.inspect} is not in #{text}" unless text.match?(pattern)
end
