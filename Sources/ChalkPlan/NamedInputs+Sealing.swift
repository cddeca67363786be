internal import ChalkOCI

extension NamedInputs {
    /// The table as it may leave the machine: values of variables may be secret, so each is a digest of name and
    /// value there. Two tables differ sealed where they differ open, and a miss is explained by either alike.
    package var sealed: NamedInputs {
        NamedInputs(inputs.map(\.sealed), notes: notes)
    }

    /// Whether rows of a record, sealed, are this table's: the same inputs in the same order, and nothing behind them
    /// but notes.
    package func isRecorded(as rows: [Input]) -> Bool {
        let mine = sealed.inputs
        return rows.starts(with: mine)
            && rows.dropFirst(mine.count).allSatisfy { NamedInputs.isNote($0.name) }
    }
}

extension NamedInputs.Input {
    /// The row as it may leave the machine.
    package var sealed: NamedInputs.Input {
        guard name.hasPrefix(InputName.variable) else { return self }
        return NamedInputs.Input(name, Digest.of(Array("\(name)=\(value)".utf8)).description)
    }
}
