import { type Vendor, demand, json, sendJson } from "../stage/vendor";

const GITHUB = "https://api.github.com";
const GITLAB = "https://gitlab.com";

/** GitHub: pages by Link, a moved repository by 301, conditional requests by ETag. */
export const github: Vendor = {
  hosts: ["api.github.com"],
  policy: {
    allow: [{ paths: ["/repos/**", "/repositories/**", "/user", "/rate_limit"] }],
    linksTo: ["codeload.github.com"],
  },
  handle(request, response) {
    const { method, url, headers } = request;
    demand(
      /^(?:token|Bearer) ghp_1$/.test(headers.authorization ?? ""),
      `Authorization is ${headers.authorization}`,
    );
    demand(headers["user-agent"] !== undefined, "there is no User-Agent");
    const repository = { id: 1, name: "hello", full_name: "octo/hello", url: `${GITHUB}/repos/octo/hello` };
    switch (`${method} ${url.pathname}`) {
      case "GET /repos/octo/hello":
        sendJson(response, repository, 200, { etag: '"1"' });
        return;
      case "GET /repos/octo/old":
        sendJson(response, { message: "Moved Permanently", url: `${GITHUB}/repositories/1` }, 301, {
          location: `${GITHUB}/repositories/1`,
        });
        return;
      case "GET /repositories/1":
        sendJson(response, repository);
        return;
      case "GET /repos/octo/hello/issues": {
        const page = Number(url.searchParams.get("page") ?? "1");
        const next = `<${GITHUB}/repositories/1/issues?page=${page + 1}>; rel="next", <${GITHUB}/repositories/1/issues?page=3>; rel="last"`;
        sendJson(response, [issue(page)], 200, page < 3 ? { link: next } : {});
        return;
      }
      case "GET /repositories/1/issues": {
        const page = Number(url.searchParams.get("page"));
        const next = `<${GITHUB}/repositories/1/issues?page=${page + 1}>; rel="next"`;
        sendJson(response, [issue(page)], 200, page < 3 ? { link: next } : {});
        return;
      }
      case "GET /repos/octo/hello/tarball/main":
        response
          .writeHead(302, { location: "https://codeload.github.com/octo/hello/legacy.tar.gz/main" })
          .end();
        return;
      case "POST /repos/octo/hello/issues":
        demand(json(request).title === "Grüße", `the title is ${String(json(request).title)}`);
        sendJson(response, issue(4), 201, { location: `${GITHUB}/repos/octo/hello/issues/4` });
        return;
      default:
        sendJson(response, { message: "Not Found", documentation_url: "https://docs.github.com" }, 404);
    }
  },
};

function issue(number: number): object {
  const url = `${GITHUB}/repos/octo/hello/issues/${number}`;
  return { id: number, number, title: `issue ${number}`, url, state: "open" };
}

/** Where GitHub's API leads clients for archives: another host. */
export const codeload: Vendor = {
  hosts: ["codeload.github.com"],
  handle({ url }, response) {
    demand(url.pathname === "/octo/hello/legacy.tar.gz/main", `the path is ${url.pathname}`);
    response.writeHead(200, { "content-type": "application/x-gzip" }).end("an archive");
  },
};

/** GitLab: projects by their escaped path, pages by Link and X-Next-Page. */
export const gitlab: Vendor = {
  hosts: ["gitlab.com"],
  policy: { allow: [{ paths: ["/api/v4/projects/**"] }], encodedSlashes: true },
  handle(request, response) {
    const { method, target, url, headers } = request;
    demand(headers["private-token"] === "glpat-1", "there is no Private-Token");
    const path = target.split("?")[0]!;
    const project = { id: 7, path_with_namespace: "group/project", web_url: `${GITLAB}/group/project` };
    switch (`${method} ${path}`) {
      case "GET /api/v4/projects/group%2Fproject":
        sendJson(response, project);
        return;
      case "GET /api/v4/projects/group%2Fproject/repository/files/src%2Fmain.ts":
      case "GET /api/v4/projects/7/repository/files/src%2Fmain.ts":
      case "GET /api/v4/projects/group%2Fproject/repository/files/src%2Fmain%2Ets":
      case "GET /api/v4/projects/7/repository/files/src%2Fmain%2Ets":
        sendJson(response, { file_path: "src/main.ts", encoding: "base64", content: "YQ==" });
        return;
      case "GET /api/v4/projects/7/issues": {
        const page = Number(url.searchParams.get("page") ?? "1");
        const link = `<${GITLAB}/api/v4/projects/7/issues?page=${page + 1}>; rel="next"`;
        const more: Record<string, string> =
          page < 2 ? { link, "x-next-page": String(page + 1) } : { "x-next-page": "" };
        const counts = { "x-page": String(page), "x-per-page": "1", "x-total": "2", "x-total-pages": "2" };
        sendJson(response, [{ id: page, iid: page, title: `issue ${page}`, project_id: 7 }], 200, {
          ...more,
          ...counts,
        });
        return;
      }
      default:
        sendJson(response, { message: "404 Project Not Found" }, 404);
    }
  },
};
