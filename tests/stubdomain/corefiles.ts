/** Corefiles in the shapes that distributions ship and people leave behind; all of them CoreDNS accepts. */
export const COREFILES: Record<string, string> = {
  kubeadm: `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`,
  "k3s, whose files are imported": `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    hosts /etc/coredns/NodeHosts {
      ttl 60
      reload 15s
      fallthrough
    }
    prometheus :9153
    cache 30
    loop
    reload
    import /etc/coredns/custom/*.override
    forward . /etc/resolv.conf
}
import /etc/coredns/custom/*.server
`,
  "k0s, without a last line break": `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      ttl 30
      fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}`,
  "OpenShift, another port and blocks before the default one": `# corp
corp.example:5353 {
    prometheus 127.0.0.1:9153
    forward . 10.1.1.1 {
        policy random
    }
    errors
    log . {
        class error
    }
    bufsize 1232
    cache 900 {
        denial 9984 30
    }
}
.:5353 {
    bufsize 1232
    errors
    log . {
        class error
    }
    health {
        lameduck 20s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus 127.0.0.1:9153
    forward . /etc/resolv.conf {
        policy sequential
    }
    cache 900 {
        denial 9984 30
    }
    reload
}
hostname.bind:5353 {
    chaos
}
`,
  "NodeLocal, bound to an address": `cluster.local:53 {
    errors
    cache 30
    reload
    bind 169.254.20.10 10.96.0.10
    forward . 10.96.0.11 {
        force_tcp
    }
}
.:53 {
    errors
    reload
    bind 169.254.20.10 10.96.0.10
    forward . /etc/resolv.conf
}
`,
  snippets: `(common) {
    errors
    reload 10s
    bind 10.0.0.10
}
. {
    import common
    forward . 9.9.9.9
}
a.example, b.example,
c.example {
    import common
    file /etc/coredns/db {
        reload 0
    }
}
`,
  "carriage returns": ".:53 {\r\n    errors\r\n    reload\r\n    forward . 9.9.9.9\r\n}\r\n",
  "byte order mark": "\ufeff.:53 {\n  reload\n}\n",
  "a comment at the end, without a line break": ".:53 {\n  reload\n} # do not edit",
  "blank lines and spaces at the end": ".:53 {\n  reload\n}\n\n  \n\t",
  "quotes over lines": `.:53 {
    reload
    template IN A one.example {
        answer "{{ .Name }}
            60 IN A 1.2.3.4"
        match "^say \\"hi\\" { # no comment$"
    }
}
`,
  "braces in quotes and comments": `.:53 { # {
    log "{" "}" # }
    reload # }
}
# }
`,
  variables: `.:53 {
    reload
    forward . {$UPSTREAM} {%FALLBACK%}
}
{$STUB}:53 {
    forward . 10.0.0.1
}
`,
  "encrypted listeners": `tls://.:853 {
    tls /etc/tls.crt /etc/tls.key
    forward . 127.0.0.1
}
https://.:443 {
    tls /etc/tls.crt /etc/tls.key
    forward . 127.0.0.1
}
dns://.:53 {
    reload
}
`,
  "reverse ranges": `10.0.0.0/24 172.16.0.0/12:53 2001:db8::/32 {
    forward . 10.0.0.1
}
.:53 {
    reload
}
`,
  "the default block on one line": "example.org { whoami\n}\n.:1053 { reload\n}",
  "bind with exceptions": `.:53 {
    bind eth0 lo { # all but one
        except 127.0.0.1
    }
    reload
}
`,
  "a managed block of somebody else": `.:53 {
    reload
}
#begin lighthouse
clusterset.local:53 {
    forward . 10.0.0.9
}
#end lighthouse
`,
};

/** Texts to which nothing can be appended, and a word of the reason. */
export const NOT_APPENDABLE: Record<string, [text: string, reason: RegExp]> = {
  "a block without braces swallows what follows": [
    ".:53\nreload\nforward . 9.9.9.9\n",
    /no braces of its own/,
  ],
  "only addresses": [".:53", /no braces of its own|no server block|reload/],
  "the last brace is missing, and CoreDNS takes the plugin's": [
    ".:53 {\n  reload\n  health {\n    lameduck 5s\n  }\n",
    /one too few/,
  ],
  "quotes are open": ['.:53 {\n  reload\n}\nexample.org {\n  log "\n}\n', /quotes|brace/],
};

/** Texts that CoreDNS refuses, and where. */
export const REFUSED: Record<string, [text: string, line: number, reason: RegExp]> = {
  "unclosed server block": ["# one\n.:53 {\n  errors\n", 2, /no closing brace/],
  "unclosed plugin": [".:53 {\n  health {\n    lameduck 5s\n", 2, /"health" is never closed/],
  "brace on the plugin's line": [".:53 {\n  errors }\n", 2, /closes nothing/],
  "address missing after a comma": ["a.example,\n{\n errors\n}\n", 2, /after the comma/],
  "end after a comma": ["a.example,\n", 1, /ends after a comma/],
  "snippet twice": ["(a) {\n}\n(a) {\n}\n. {\n}\n", 3, /defined twice/],
  "snippet without braces": ["(a)\nerrors\n", 2, /must be followed by "{"/],
  "unclosed snippet": ["(a) {\n  errors\n", 1, /no closing brace/],
  "snippet in itself": ["(a) {\n  errors\n  import a\n}\n. {\n  import a\n}\n", 1, /imports itself/],
  "snippets in a circle": [
    "(a) {\n  import b\n}\n(b) {\n  import a\n}\n. {\n  import a\n}\n",
    5,
    /more than/,
  ],
  "import of nothing": [".:53 {\n  import\n}\n", 2, /needs the name/],
  "import of a pattern with two wildcards": [".:53 {\n  import /etc/*/*.server\n}\n", 2, /one "\*"/],
  "import of two": [".:53 {\n  import a b\n}\n", 2, /one name only/],
};
