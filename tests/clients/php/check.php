<?php

// What every program here needs: one line of JSON for each check.

const DENIED = '/No rule of the upstream|k8s-egress: request-denied/';

/** The address in the cluster of a host outside. */
function egress(string $host): string
{
    return "http://$host.egress.local";
}

function check(string $name, callable $run): void
{
    try {
        $run();
        $line = ['check' => $name, 'ok' => true];
    } catch (Throwable $error) {
        $line = ['check' => $name, 'ok' => false, 'detail' => substr($error->getMessage(), 0, 600)];
    }
    echo json_encode($line, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}

function matches(string $text, string $pattern): void
{
    if (!preg_match($pattern, $text)) {
        throw new RuntimeException("$pattern is not in $text");
    }
}
