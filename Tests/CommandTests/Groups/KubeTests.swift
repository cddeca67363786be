import ChalkTestSupport
import Foundation
import Testing

/// What `kube` prints, as PyYAML reads it.
@Suite struct KubeTests {
    private static func document(_ lab: CommandLab, _ words: String...) throws -> NSDictionary {
        let yaml = try lab.chalk(["kube", "registry.test/team/my.app_1:2", "--store", lab.store] + words)
        try #require(yaml.status == 0, "\(yaml.errors)")
        try lab.write(yaml.output, "kube.yaml")
        let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))"
        let ran = try lab.tool(
            try EquivalenceLab.setting("CHALK_SDK_PYTHON"), "-c", script, "kube.yaml",
            variables: ["PYTHONIOENCODING": "utf-8"])
        return try #require(try JSONSerialization.jsonObject(with: Data(ran.bytes)) as? NSDictionary)
    }

    private static func lab() throws -> (CommandLab, image: String, groups: [ShownGroup]) {
        let lab = try CommandLab.withLazyFiles()
        let built = try lab.buildGroups("-t", "registry.test/team/my.app_1:2")
        return (lab, built.image, built.groups)
    }

    @Test func aPodMountsTheGroups() throws {
        let (lab, image, groups) = try KubeTests.lab()
        let repository = "registry.test/team/my.app_1"
        #expect(
            try KubeTests.document(lab) == [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": ["name": "my-app-1", "labels": ["app.kubernetes.io/name": "my-app-1"]],
                "spec": [
                    "containers": [
                        [
                            "name": "my-app-1", "image": "\(repository)@\(image)",
                            "imagePullPolicy": "IfNotPresent",
                            "volumeMounts": [
                                ["name": "app", "mountPath": "/app", "readOnly": true],
                                ["name": "app-etc", "mountPath": "/app/etc", "readOnly": true],
                            ],
                        ]
                    ],
                    "volumes": zip(["app", "app-etc"], groups).map { name, group in
                        [
                            "name": name,
                            "image": [
                                "reference": "\(repository)@\(group.digest)", "pullPolicy": "IfNotPresent",
                            ],
                        ]
                    },
                ],
            ] as NSDictionary)
        let warning = try lab.chalk(["kube", "registry.test/team/my.app_1:2"]).errors
        #expect(
            warning
                == "warning: registry.test/team/my.app_1:2 was not pushed from this store; push it, so that the cluster finds it and its groups\n"
        )
    }

    @Test func everyFlagHasItsPlaceInADeployment() throws {
        let (lab, _, _) = try KubeTests.lab()
        let odd = "a: \"b\" #c\n\u{85}\u{FEFF}ü🙂 $(HOME) $$ \\n"
        let found = try KubeTests.document(
            lab, "--replicas", "3", "--name", "web", "--namespace", "shop", "--cpu", "500m", "--memory",
            "2Gi",
            "-e", "ODD=\(odd)", "-e", "FLAG=yes", "--secret", "all-of-it", "--secret", "TOKEN=db/api.token",
            "-p", "8080", "-p", "53/udp", "--pull-secret", "regcred", "--", "serve", "1e3", "null")
        let metadata = try #require(found["metadata"] as? NSDictionary)
        #expect(metadata["name"] as? String == "web" && metadata["namespace"] as? String == "shop")
        let spec = try #require(found["spec"] as? NSDictionary)
        #expect(spec["replicas"] as? Int == 3)
        let labels: NSDictionary = ["app.kubernetes.io/name": "web"]
        #expect(spec["selector"] as? NSDictionary == ["matchLabels": labels])
        let template = try #require(spec["template"] as? NSDictionary)
        #expect(template["metadata"] as? NSDictionary == ["labels": labels])
        let pod = try #require(template["spec"] as? NSDictionary)
        #expect(pod["imagePullSecrets"] as? NSArray == [["name": "regcred"]])
        let container = try #require((pod["containers"] as? [NSDictionary])?.first)
        #expect(container["args"] as? [String] == ["serve", "1e3", "null"])
        let amounts: NSDictionary = ["cpu": "500m", "memory": "2Gi"]
        #expect(container["resources"] as? NSDictionary == ["limits": amounts, "requests": amounts])
        #expect(container["envFrom"] as? NSArray == [["secretRef": ["name": "all-of-it"]]])
        #expect(
            container["ports"] as? NSArray == [
                ["containerPort": 8080, "protocol": "TCP"], ["containerPort": 53, "protocol": "UDP"],
            ])
        // Kubernetes makes `$` of `$$`, and looks up `$(NAME)`.
        let kept = odd.replacing("$", with: "$$")
        #expect(
            container["env"] as? NSArray == [
                ["name": "FLAG", "value": "yes"], ["name": "ODD", "value": kept],
                ["name": "TOKEN", "valueFrom": ["secretKeyRef": ["name": "db", "key": "api.token"]]],
            ])
    }

    @Test(
        arguments: [
            ("--cpu lots", "an amount of cpu is a number such as 2, 0.5 or 500m, not \"lots\""),
            ("--memory 2GB", "an amount of memory is a number such as 512Mi or 2Gi, not \"2GB\""),
            (
                "--name Web_1",
                "a name in Kubernetes has 1 to 63 lower-case letters, digits or -, and begins and ends with none of -, not \"Web_1\""
            ),
            ("-p 70000", "a port is a number from 1 to 65535, as in 8080 or 53/udp, not \"70000\""),
            (
                "--secret A=b",
                "a secret of a cluster is SECRET or VARIABLE=SECRET/KEY, with names as Kubernetes has them, not \"A=b\""
            ),
            ("--replicas -1", "--replicas is a number, not \"-1\"; see `chalk-image kube --help`"),
        ])
    func whatKubernetesWouldRefuseIsRefused(words: String, problem: String) throws {
        let lab = try CommandLab()
        let ran = try lab.chalk(["kube", "a:1"] + words.split(separator: " ").map(String.init))
        #expect(ran.status == 2)
        #expect(ran.errors.contains(problem), "\(ran.errors)")
    }
}
