/// What well-known images set in their environment.
///
/// Without the base at hand a check cannot know what a variable means there; this keeps it from calling those
/// undefined that everybody knows.
enum OfficialImages {
    private static let names: [String: [String]] = [
        "golang": ["GOLANG_VERSION", "GOPATH", "GOTOOLCHAIN"],
        "node": ["NODE_VERSION", "YARN_VERSION"],
        "python": ["LANG", "GPG_KEY", "PYTHON_VERSION", "PYTHON_SHA256", "PYTHON_PIP_VERSION"],
        "pypy": ["LANG", "PYPY_VERSION"],
        "ruby": ["LANG", "RUBY_VERSION", "GEM_HOME", "BUNDLE_APP_CONFIG", "BUNDLE_SILENCE_ROOT_WARNING"],
        "rust": ["CARGO_HOME", "RUSTUP_HOME", "RUST_VERSION"],
        "php": ["PHP_INI_DIR", "PHP_VERSION", "PHP_CFLAGS", "PHP_CPPFLAGS", "PHP_LDFLAGS", "PHPIZE_DEPS"],
        "openjdk": ["JAVA_HOME", "JAVA_VERSION", "LANG"],
        "eclipse-temurin": ["JAVA_HOME", "JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL"],
        "amazoncorretto": ["JAVA_HOME", "LANG"],
        "maven": ["JAVA_HOME", "JAVA_VERSION", "MAVEN_HOME", "MAVEN_CONFIG"],
        "gradle": ["JAVA_HOME", "JAVA_VERSION", "GRADLE_HOME", "GRADLE_VERSION"],
        "tomcat": ["CATALINA_HOME", "JAVA_HOME", "TOMCAT_VERSION", "TOMCAT_MAJOR", "LD_LIBRARY_PATH"],
        "nginx": ["NGINX_VERSION", "NJS_VERSION", "PKG_RELEASE"],
        "httpd": ["HTTPD_PREFIX", "HTTPD_VERSION"],
        "postgres": ["PGDATA", "PG_MAJOR", "PG_VERSION", "LANG"],
        "mysql": ["MYSQL_MAJOR", "MYSQL_VERSION"],
        "mariadb": ["MARIADB_VERSION"],
        "mongo": ["MONGO_MAJOR", "MONGO_VERSION"],
        "redis": ["REDIS_VERSION", "REDIS_DOWNLOAD_URL"],
        "julia": ["JULIA_PATH", "JULIA_VERSION"],
        "erlang": ["OTP_VERSION", "REBAR3_VERSION"],
        "elixir": ["ELIXIR_VERSION", "LANG"],
        "perl": ["PERL_VERSION"],
        "swift": ["SWIFT_VERSION", "SWIFT_BRANCH", "SWIFT_PLATFORM"],
        "cuda": [
            "CUDA_VERSION", "NVIDIA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "LIBRARY_PATH",
            "NV_CUDA_LIB_VERSION",
        ],
        "miniconda3": ["LANG", "LC_ALL"],
        "jenkins": ["JENKINS_HOME", "JENKINS_VERSION", "JAVA_HOME"],
    ]

    /// `NAME=` of what an image sets; the values are not known.
    static func environment(of image: String) -> [String] {
        let repository = image.prefix { $0 != "@" }.split(separator: "/").last ?? ""
        return (names[String(repository.prefix { $0 != ":" })] ?? []).map { $0 + "=" }
    }
}
