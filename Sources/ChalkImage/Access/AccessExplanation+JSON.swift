internal import ChalkOCI
internal import ChalkRegistry

extension AccessExplanation {
    /// The explanation as one document.
    package var json: JSON {
        JSON.object(present: [
            ("reference", .string(report.reference.description)),
            ("for", .string(report.isPush ? "push" : "pull")),
            ("granted", .bool(isGranted)),
            ("error", error.map { .string($0.description) }),
            ("rulesFile", report.rulesFile.map { .string($0) }),
            ("rule", report.rule.map { .string($0) }),
            ("blocked", report.blockage.map { .string($0) }),
            ("places", .array(report.places.map(AccessExplanation.json))),
        ])
    }

    private static func json(_ place: AccessReport.Place) -> JSON {
        JSON.object(present: [
            ("reference", .string(place.reference.description)),
            ("mirror", .bool(place.isMirror)),
            ("address", place.origin.map { .string($0) }),
            ("tls", .bool(place.isSecure)),
            ("verified", place.isSecure ? .bool(place.verifies) : nil),
            ("proxy", place.proxy.map { .string($0) }),
            ("noProxyBecause", place.noProxyBecause.map { .string($0) }),
            ("authorities", .strings(place.authorities)),
            ("clientCertificate", place.clientCertificate.map { .string($0) }),
            ("credentials", .array(place.credentials.map(json))),
            ("exchanges", .array(place.exchanges.map(json))),
            ("granted", .bool(place.failure == nil)),
            ("error", place.failure.map { .string($0.description) }),
        ])
    }

    private static func json(_ exchange: Exchange) -> JSON {
        JSON.object(present: [
            ("method", .string(exchange.method)), ("url", .string(exchange.url)),
            ("asks", exchange.remark.map { .string($0) }),
            ("authorization", exchange.authorization.map { .string($0) }),
            ("proxy", exchange.proxy.map { .string($0) }),
            ("status", .integer(Int64(exchange.status))),
            ("challenges", exchange.challenges.isEmpty ? nil : .strings(exchange.challenges)),
        ])
    }

    private static func json(_ step: CredentialSearch.Step) -> JSON {
        var members: [(String, JSON?)]
        switch step.place {
        case .program: members = [("place", .string("program"))]
        case .file(let path): members = [("place", .string("file")), ("file", .string(path))]
        case .helper(let program, let file, let member):
            members = [
                ("place", .string("helper")), ("helper", .string(program)), ("file", .string(file)),
                ("member", .string(member)),
            ]
        }
        switch step.outcome {
        case .isAbsent: members.append(("found", .string("no file")))
        case .hasNone: members.append(("found", .string("nothing")))
        case .hasPassword(let key): members += [("found", .string("password")), ("name", .string(key))]
        case .hasToken(let key): members += [("found", .string("identity token")), ("name", .string(key))]
        case .failed(let reason): members += [("found", .string("error")), ("error", .string(reason))]
        }
        return JSON.object(present: members)
    }
}
