#if TIMBRE_FMA
  /// Products of five rows by one panel of 16 columns, with the sums in registers.
  ///
  /// Five rows of 16 sums are ten registers of AVX2; two of the panel and one of a row's number beside them leave three of the
  /// sixteen, and ten sums in flight hide the time that a multiply-add takes: 108 GFLOP/s where the processor has 117. With six rows
  /// the compiler spills, and the loop drops to 45.
  struct Tiles {
    let panel: Floats
    let inner: Int
    let lanes: Int
    /// From one row of the result to the next.
    let stride: Int
    /// Whether the result is added to.
    var adds = false

    /// So many tiles `rows` rows take at least.
    static func count(_ rows: Int) -> Int { (rows + 4) / 5 }

    /// - Parameter between: Called before every tile.
    @inline(__always)
    func multiply(
      rows: Int, _ a: Floats, rowStride: Int, innerStride: Int, _ c: Floats, between: () -> Void = {}
    ) {
      // As many fours as leave a multiple of five; of fewer than 12 rows there may be single ones left.
      var fours = (5 - rows % 5) % 5
      if fours * 4 > rows { fours = rows % 5 / 4 }
      var row = 0
      while row < rows {
        between()
        let (from, to) = (a.from(row * rowStride), c.from(row * stride))
        if rows - row >= 5, rows - row > fours * 4 {
          five(from, rowStride, innerStride, to)
          row += 5
        } else if rows - row >= 4 {
          four(from, rowStride, innerStride, to)
          row += 4
        } else {
          one(from, innerStride, to)
          row += 1
        }
      }
    }

    @inline(__always)
    private func start(_ c: Floats, _ row: Int) -> Lanes16 { adds ? c.load16(row * stride, lanes: lanes) : .zero }

    @inline(__always)
    private func five(_ a: Floats, _ rowStride: Int, _ innerStride: Int, _ c: Floats) {
      var (sum0, sum1, sum2) = (start(c, 0), start(c, 1), start(c, 2))
      var (sum3, sum4) = (start(c, 3), start(c, 4))
      let (a1, a2, a3, a4) = (a.from(rowStride), a.from(2 * rowStride), a.from(3 * rowStride), a.from(4 * rowStride))
      var place = 0
      for index in 0..<inner {
        let factor = panel.load16(index &* 16)
        sum0 = sum0.adding(factor, times: a[place])
        sum1 = sum1.adding(factor, times: a1[place])
        sum2 = sum2.adding(factor, times: a2[place])
        sum3 = sum3.adding(factor, times: a3[place])
        sum4 = sum4.adding(factor, times: a4[place])
        place &+= innerStride
      }
      c.store16(0, sum0, lanes: lanes)
      c.store16(stride, sum1, lanes: lanes)
      c.store16(2 * stride, sum2, lanes: lanes)
      c.store16(3 * stride, sum3, lanes: lanes)
      c.store16(4 * stride, sum4, lanes: lanes)
    }

    @inline(__always)
    private func four(_ a: Floats, _ rowStride: Int, _ innerStride: Int, _ c: Floats) {
      var (sum0, sum1, sum2, sum3) = (start(c, 0), start(c, 1), start(c, 2), start(c, 3))
      let (a1, a2, a3) = (a.from(rowStride), a.from(2 * rowStride), a.from(3 * rowStride))
      var place = 0
      for index in 0..<inner {
        let factor = panel.load16(index &* 16)
        sum0 = sum0.adding(factor, times: a[place])
        sum1 = sum1.adding(factor, times: a1[place])
        sum2 = sum2.adding(factor, times: a2[place])
        sum3 = sum3.adding(factor, times: a3[place])
        place &+= innerStride
      }
      c.store16(0, sum0, lanes: lanes)
      c.store16(stride, sum1, lanes: lanes)
      c.store16(2 * stride, sum2, lanes: lanes)
      c.store16(3 * stride, sum3, lanes: lanes)
    }

    @inline(__always)
    private func one(_ a: Floats, _ innerStride: Int, _ c: Floats) {
      var sum = start(c, 0)
      for index in 0..<inner { sum = sum.adding(panel.load16(index &* 16), times: a[index &* innerStride]) }
      c.store16(0, sum, lanes: lanes)
    }
  }
#endif
