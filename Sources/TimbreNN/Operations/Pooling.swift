/// Maximum of each window. Padding never wins; of equal numbers the first does.
final class MaxPooling: Operation {
  private let window: Window
  /// Where in the window the maximum was, counted from the window's start with its padding: a whole number.
  private let places: Floats?

  init(_ input: Values, _ output: Values, _ window: Window, capacity: Int, arena: Arena) {
    self.window = window
    places = output.gradient == nil ? nil : arena.floats(capacity * output.shape.count)
    super.init(input, output)
  }

  override class var goesBySample: Bool { true }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let channels = input.shape.channels
    for sample in slice.first..<slice.first + slice.count {
      let source = input.sample(sample)
      let target = output.sample(sample)
      let window = fit(window, to: sample)
      for position in 0..<window.outputs {
        let rows = window.rows(of: position)
        let start = position * window.stride - window.before
        let place = position * channels
        guard let places else {
          highest(of: rows, channels, source, into: target.from(place))
          continue
        }
        forSixteens(of: channels) { channel, lanes in
          var best = source.load16(rows.lowerBound * channels + channel, lanes: lanes)
          var winner = Lanes16(repeating: Float(rows.lowerBound - start))
          var row = rows.lowerBound + 1
          while row < rows.upperBound {
            let value = source.load16(row * channels + channel, lanes: lanes)
            let wins = value .> best
            best.replace(with: value, where: wins)
            winner.replace(with: Float(row - start), where: wins)
            row += 1
          }
          places.store16(sample * output.shape.count + place + channel, winner, lanes: lanes)
          target.store16(place + channel, best, lanes: lanes)
        }
      }
    }
  }

  /// Without asking which row it was, a comparison and a choice are one instruction.
  private func highest(of rows: Range<Int>, _ channels: Int, _ source: Floats, into target: Floats) {
    forSixteens(of: channels) { channel, lanes in
      var place = rows.lowerBound * channels + channel
      var best = source.load16(place, lanes: lanes)
      for _ in 1..<rows.count {
        place &+= channels
        let value = source.load16(place, lanes: lanes)
        best.replace(with: value, where: value .> best)
      }
      target.store16(channel, best, lanes: lanes)
    }
  }

  /// Hands each output's derivative to the row that won: every row asks the windows that hold it.
  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let inputGradients = input.gradient, let outputGradients = output.gradient, let places else { return }
    let channels = input.shape.channels
    for sample in slice.first..<slice.first + slice.count {
      let target = inputGradients.from(sample * input.shape.count, input.shape.count)
      let first = sample * output.shape.count
      let window = fit(window, to: sample)
      for row in 0..<window.length {
        let windows = window.windows(holding: row)
        forSixteens(of: channels) { channel, lanes in
          var sum = Lanes16.zero
          var position = windows.lowerBound
          while position < windows.upperBound {
            let at = first + position * channels + channel
            let isElsewhere = places.load16(at, lanes: lanes) .!= Float(row + window.before - position * window.stride)
            sum += outputGradients.load16(at, lanes: lanes).replacing(with: 0, where: isElsewhere)
            position += 1
          }
          target.store16(row * channels + channel, sum, lanes: lanes)
        }
      }
      let end = window.length * channels
      if end < target.count { target.from(end).fill(0) }
    }
  }
}

/// Maximum of each channel over a sequence of any length; of equal numbers the first.
final class GlobalMaxPooling: Operation {
  /// The position of each maximum, a whole number.
  private let places: Floats?

  init(_ input: Values, _ output: Values, capacity: Int, arena: Arena) {
    places = output.gradient == nil ? nil : arena.floats(capacity * output.shape.count)
    super.init(input, output)
  }

  override class var goesBySample: Bool { true }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let channels = input.shape.channels
    for sample in slice.first..<slice.first + slice.count {
      let source = input.sample(sample)
      let length = input.lengths?[sample] ?? input.shape.length
      for channel in stride(from: 0, to: channels, by: 8) {
        let lanes = Swift.min(8, channels - channel)
        var best = source.load8(channel, lanes: lanes)
        var winner = Lanes8.zero
        for position in 1..<Swift.max(1, length) {
          let value = source.load8(position * channels + channel, lanes: lanes)
          let wins = value .> best
          best.replace(with: value, where: wins)
          winner.replace(with: Float(position), where: wins)
        }
        places?.store8(sample * channels + channel, winner, lanes: lanes)
        output.sample(sample).store8(channel, best, lanes: lanes)
      }
    }
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let inputGradient = input.gradient, let outputGradient = output.gradient, let places else { return }
    let channels = input.shape.channels
    for sample in slice.first..<slice.first + slice.count {
      let target = inputGradient.from(sample * input.shape.count, input.shape.count)
      target.fill(0)
      for channel in 0..<channels {
        let index = sample * channels + channel
        target[Int(places[index]) * channels + channel] = outputGradient[index]
      }
    }
  }
}

/// Mean of each window; padding is not counted.
final class MeanPooling: Operation {
  private let window: Window

  init(_ input: Values, _ output: Values, _ window: Window) {
    self.window = window
    super.init(input, output)
  }

  override class var goesBySample: Bool { true }

  override func forward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    let channels = input.shape.channels
    for sample in slice.first..<slice.first + slice.count {
      let source = input.sample(sample)
      let target = output.sample(sample)
      let window = fit(window, to: sample)
      for position in 0..<window.outputs {
        let rows = window.rows(of: position)
        let share = 1 / Float(rows.count)
        for channel in stride(from: 0, to: channels, by: 8) {
          let lanes = Swift.min(8, channels - channel)
          var sum = Lanes8.zero
          for row in rows { sum += source.load8(row * channels + channel, lanes: lanes) }
          target.store8(position * channels + channel, sum * share, lanes: lanes)
        }
      }
    }
  }

  override func backward(_ slice: Slice, _ pass: Pass, _ scratch: Floats) {
    guard let inputGradient = input.gradient, let outputGradient = output.gradient else { return }
    let channels = input.shape.channels
    for sample in slice.first..<slice.first + slice.count {
      let source = outputGradient.from(sample * output.shape.count, output.shape.count)
      let target = inputGradient.from(sample * input.shape.count, input.shape.count)
      let window = fit(window, to: sample)
      for row in 0..<window.length {
        let windows = window.windows(holding: row)
        for channel in stride(from: 0, to: channels, by: 8) {
          let lanes = Swift.min(8, channels - channel)
          var sum = Lanes8.zero
          for position in windows {
            sum += source.load8(position * channels + channel, lanes: lanes) / Float(window.rows(of: position).count)
          }
          target.store8(row * channels + channel, sum, lanes: lanes)
        }
      }
    }
  }
}

extension Window {
  /// The outputs that see row `row` of the input.
  @inline(__always)
  func windows(holding row: Int) -> Range<Int> {
    let last = (row + before) / stride
    let reach = row + before - size
    let first = reach < 0 ? 0 : reach / stride + 1
    let end = Swift.min(outputs, last + 1)
    return Swift.min(first, end)..<end
  }
}
