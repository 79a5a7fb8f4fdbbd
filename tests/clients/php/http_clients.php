<?php

// PHP's stream wrapper for http, and its curl extension.

require __DIR__ . '/check.php';

const JSON = 'Content-Type: application/json';

/** Status line and body. */
function by_streams(string $method, string $url, ?string $json = null): array
{
    $http = ['method' => $method, 'header' => JSON, 'content' => $json ?? '', 'ignore_errors' => true];
    $body = file_get_contents($url, false, stream_context_create(['http' => $http]));
    return [implode("\n", $http_response_header), $body];
}

function by_curl(string $method, string $url, ?string $json = null): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_FOLLOWLOCATION => true,
        CURLOPT_ENCODING => '',
    ]);
    if ($json !== null) {
        curl_setopt_array($curl, [CURLOPT_POSTFIELDS => $json, CURLOPT_HTTPHEADER => [JSON]]);
    }
    $body = curl_exec($curl);
    if ($body === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return ['HTTP/1.1 ' . curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $body];
}

$send = $argv[1] === 'curl' ? 'by_curl' : 'by_streams';
$base = egress('api.example.com');

/** @return callable a check of one request's status and body */
$answers = fn(string $status, string $pattern, string ...$request): callable => function () use (
    $send,
    $status,
    $pattern,
    $request
): void {
    [$head, $body] = $send(...$request);
    matches($head, "#^HTTP/1\\.1 $status#m");
    matches($body, $pattern);
};

check('GET', $answers('200', '/"query":"\?a=b%20c"/', 'GET', "$base/v1/items?a=b%20c"));
check('DELETE, 204', $answers('204', '/^$/', 'DELETE', "$base/v1/items"));
check('POST of JSON', $answers('201', '/"received":\{"name":"Grüße"\}/', 'POST', "$base/v1/items", '{"name":"Grüße"}'));
check('redirect', $answers('200', '/\?from=redirect/', 'GET', "$base/v1/redirect"));
check('response in pieces', $answers('200', '/data: three/', 'GET', "$base/v1/stream"));
if ($send === 'by_curl') {
    check('gzip', $answers('200', '/xxxx/', 'GET', "$base/v1/gzip"));
}
check('404 of the vendor', $answers('404', '/nothing is at/', 'GET', "$base/v1/nothing"));
check('403 of the proxy', $answers('403', DENIED, 'GET', "$base/v2/items"));
